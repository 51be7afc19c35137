using System.Text;

namespace Rekey.Azure.KeyVault.Pipeline;

/// <summary>The challenge in a vault's 401.</summary>
/// <param name="Scope">The scope to ask a token for, such as <c>https://vault.azure.net/.default</c>.</param>
/// <param name="Resource">The resource of the token.</param>
/// <param name="TenantId">First path segment of the authority; null if it names none.</param>
/// <param name="Claims">Decoded claims of a continuous access evaluation challenge, null in others.</param>
internal sealed record VaultChallenge(string Scope, Uri Resource, string? TenantId, string? Claims)
{
    /// <summary>Reads a <c>WWW-Authenticate: Bearer</c> header; null if it has another form.</summary>
    public static VaultChallenge? Parse(string? header)
    {
        const string Scheme = "Bearer ";
        if (header is null || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var parameters = Parameters(header[Scheme.Length..]);
        var resource = parameters.GetValueOrDefault("resource")?.TrimEnd('/');
        var scope = resource is not null ? resource + "/.default" : parameters.GetValueOrDefault("scope");
        if (
            scope is null
            || !Uri.TryCreate(scope, UriKind.Absolute, out var parsed)
            || !string.Equals(parsed.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)
        )
        {
            return null;
        }

        var authority = parameters.GetValueOrDefault("authorization") ?? parameters.GetValueOrDefault("authorization_url");
        var tenant = parameters.GetValueOrDefault("tenantId")
            ?? (
                Uri.TryCreate(authority, UriKind.Absolute, out var login) && login.Segments.Length > 1 ? login.Segments[1].Trim('/') : null
            );
        return new VaultChallenge(scope, parsed, string.IsNullOrEmpty(tenant) ? null : tenant, ClaimsOf(parameters));
    }

    /// <summary>Whether that host may receive a token for this resource: only <c>*.{resource host}</c> may.</summary>
    public bool Covers(string host) => host.EndsWith("." + Resource.Host, StringComparison.OrdinalIgnoreCase);

    /// <summary>The claims of a later 401, which need not repeat resource and authority.</summary>
    public static string? ClaimsOf(string? header) =>
        header is not null && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? ClaimsOf(Parameters(header["Bearer ".Length..]))
            : null;

    private static string? ClaimsOf(Dictionary<string, string> parameters)
    {
        if (
            !parameters.TryGetValue("claims", out var encoded)
            || !string.Equals(parameters.GetValueOrDefault("error"), "insufficient_claims", StringComparison.Ordinal)
        )
        {
            return null;
        }

        try
        {
            var text = encoded.Replace('-', '+').Replace('_', '/');
            return Encoding.UTF8.GetString(Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '=')));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // key="value" pairs; a quoted value may contain commas.
    private static Dictionary<string, string> Parameters(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var at = 0;
        while (at < text.Length)
        {
            var equals = text.IndexOf('=', at);
            if (equals < 0)
            {
                break;
            }

            var name = text[at..equals].Trim(' ', ',');
            var quoted = equals + 1 < text.Length && text[equals + 1] == '"';
            var start = quoted ? equals + 2 : equals + 1;
            var end = start <= text.Length ? text.IndexOf(quoted ? '"' : ',', start) : -1;
            end = end < 0 ? text.Length : end;
            parameters.TryAdd(name, text[start..end].Trim());
            at = end + 1;
        }

        return parameters;
    }
}
