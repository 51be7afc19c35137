using System.Text.Json.Nodes;
using Rekey.Local.Tls;

namespace Rekey.Local.Identity;

/// <summary>OpenID Connect Discovery 1.0 and the signing keys, where Entra has them.</summary>
internal static class DiscoveryEndpoint
{
    public static void Map(WebApplication app, IdentityServer server, JsonObject jwks)
    {
        app.MapGet("/{tenant}/v2.0/.well-known/openid-configuration", http =>
            IsTenant(http, server) ? Wire.WriteAsync(http.Response, 200, Metadata(server)) : NoSuchTenant(http)
        );
        app.MapGet("/.well-known/ssf-configuration/{tenant}/events", http =>
            IsTenant(http, server) ? Wire.WriteAsync(http.Response, 200, Transmitter(server)) : NoSuchTenant(http)
        );
        app.MapGet("/{tenant}/discovery/v2.0/keys", http =>
            IsTenant(http, server) ? Wire.WriteAsync(http.Response, 200, jwks) : NoSuchTenant(http)
        );
    }

    public static bool IsTenant(HttpContext http, IdentityServer server) =>
        string.Equals(http.Request.RouteValues["tenant"] as string, server.TenantId, StringComparison.OrdinalIgnoreCase);

    public static Task NoSuchTenant(HttpContext http) =>
        Wire.WriteAsync(
            http.Response,
            400,
            new JsonObject
            {
                ["error"] = "invalid_tenant",
                ["error_description"] = "AADSTS90002: Tenant not found. Check to make sure you have the correct tenant ID.",
                ["error_codes"] = new JsonArray(90002),
            }
        );

    /// <summary>The metadata of a transmitter of security events (SSF 1.0). Entra has none; another identity provider would.</summary>
    private static JsonObject Transmitter(IdentityServer server) =>
        new()
        {
            ["spec_version"] = "1_0",
            ["issuer"] = server.EventIssuer,
            ["jwks_uri"] = $"{server.TenantAuthority}/discovery/v2.0/keys",
            ["delivery_methods_supported"] = new JsonArray("urn:ietf:rfc:8935"),
        };

    private static JsonObject Metadata(IdentityServer server) =>
        new()
        {
            ["issuer"] = server.Issuer,
            ["token_endpoint"] = $"{server.TenantAuthority}/oauth2/v2.0/token",
            ["authorization_endpoint"] = $"{server.TenantAuthority}/oauth2/v2.0/authorize",
            ["jwks_uri"] = $"{server.TenantAuthority}/discovery/v2.0/keys",
            ["token_endpoint_auth_methods_supported"] = new JsonArray("client_secret_post", "client_secret_basic"),
            ["response_types_supported"] = new JsonArray("code"),
            ["subject_types_supported"] = new JsonArray("pairwise"),
            ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
        };
}
