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

    /// <summary>The roles that may read state and findings, as <see cref="AuthorizeAttribute.Roles"/> takes it.</summary>
    public const string Viewers = $"{Operator},{Approver},{Reader}";

    /// <summary>The roles that may read the signed documents.</summary>
    public const string DocumentReaders = $"{Gateway},{Operator},{Reader}";

    /// <summary>Gives the caller's object id in the directory.</summary>
    /// <exception cref="Rekey.Functions.Wire.BadInputException">The token has no object id, so the ledger could not name the
    /// caller.</exception>
    public static string ObjectId(this ClaimsPrincipal caller) =>
        caller.FindFirstValue("oid")
        ?? throw new Rekey.Functions.Wire.BadInputException("no-object-id", "The token has no oid claim.", StatusCodes.Status403Forbidden);
}
