namespace Rekey.Functions.Security;

/// <summary>The settings of authentication. The app validates tokens itself and ignores what the host says about a caller.</summary>
public sealed class AuthOptions
{
    /// <summary>The OpenID Connect authority, such as <c>https://login.microsoftonline.com/{tenant}/v2.0</c>.</summary>
    public string Authority { get; set; } = "";

    /// <summary>The audience that tokens for this app carry: its application id or id URI.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The keys of gateways without Entra, one per caller.</summary>
    public IList<GatewayKey> GatewayKeys { get; set; } = [];

    /// <summary>Lists every mistake in these settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var authority) || authority.Scheme != Uri.UriSchemeHttps)
        {
            yield return "Auth:Authority must be an https address: without it the app cannot authenticate Operator, Approver, "
                + "Reader and DepartureReporter.";
        }

        if (Audience.Length == 0)
        {
            yield return "Auth:Audience must be the audience of this app's tokens.";
        }

        foreach (var key in GatewayKeys.Where(k => k.Name.Length == 0 || k.Sha256.Length != 64 || !k.Sha256.All(char.IsAsciiHexDigit)))
        {
            yield return $"Auth:GatewayKeys: '{key.Name}' needs a name and the SHA-256 of its key as 64 hex digits.";
        }
    }
}
