using System.Globalization;

namespace Rekey.Functions.Wire;

/// <summary>The parameters of routes: their alphabet and how to read them.</summary>
internal static class RouteIds
{
    /// <summary>A route parameter <c>id</c> that no spelling can turn into another path: no slash, backslash, percent sign or control
    /// character, and not dots alone.</summary>
    /// <remarks>The host and the worker decode a path in different steps (T27).</remarks>
    public const string Id = "{id:" + Alphabet + "}";

    /// <summary>The route parameter for the name of an issuer.</summary>
    public const string Issuer = "{issuer:" + Alphabet + "}";

    private const string Alphabet = @"regex(^(?!\.+\z)[A-Za-z0-9~._-]+\z)";

    /// <summary>Gives the parameter that the worker's own routing took from the path. Trigger metadata is not used, since a caller can
    /// overwrite parts of it.</summary>
    public static string RouteId(this HttpRequest request, string name = "id") =>
        Convert.ToString(request.RouteValues[name], CultureInfo.InvariantCulture)!;
}
