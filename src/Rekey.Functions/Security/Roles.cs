using System.Security.Claims;

namespace Rekey.Functions.Security;

/// <summary>The app roles that tokens carry in <c>roles</c>.</summary>
internal static class Roles
{
    public const string Gateway = "Gateway";
    public const string DepartureReporter = "DepartureReporter";
    public const string Operator = "Operator";
    public const string Approver = "Approver";
    public const string Reader = "Reader";

    /// <summary>Who may see what Rekey knows and does, as <see cref="AuthorizeAttribute.Roles"/> takes it.</summary>
    public const string Viewers = $"{Operator},{Approver},{Reader}";

    /// <summary>Who may have the signed documents.</summary>
    public const string DocumentReaders = $"{Gateway},{Operator},{Reader}";

    /// <summary>The caller's object id in the directory.</summary>
    /// <exception cref="Rekey.Functions.Wire.BadInputException">The token names none: nobody could be held to what they do.</exception>
    public static string ObjectId(this ClaimsPrincipal caller) =>
        caller.FindFirstValue("oid")
        ?? throw new Rekey.Functions.Wire.BadInputException("no-object-id", "The token has no oid claim.", StatusCodes.Status403Forbidden);
}
