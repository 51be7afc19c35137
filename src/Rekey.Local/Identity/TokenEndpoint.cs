using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Rekey.Local.Tls;

namespace Rekey.Local.Identity;

/// <summary>
/// The client-credentials grant (RFC 6749 section 4.4) with Entra's scope form <c>{resource}/.default</c> and its error numbers. The
/// secret comes in the form or as HTTP Basic.
/// </summary>
internal static class TokenEndpoint
{
    private const string DefaultScope = "/.default";

    public static void Map(WebApplication app, IdentityServer server) =>
        app.MapPost("/{tenant}/oauth2/v2.0/token", http =>
            DiscoveryEndpoint.IsTenant(http, server) ? AnswerAsync(http, server) : DiscoveryEndpoint.NoSuchTenant(http)
        );

    private static async Task AnswerAsync(HttpContext http, IdentityServer server)
    {
        if (!http.Request.HasFormContentType)
        {
            await Refuse(http, 400, "invalid_request", 900144, "The request body must be form-encoded and contain 'grant_type'.");
            return;
        }

        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (form["grant_type"] != "client_credentials")
        {
            await Refuse(http, 400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
            return;
        }

        var (clientId, secret) = Credentials(http.Request, form);
        var client = clientId is null ? null : server.FindClient(clientId);
        if (client is null)
        {
            await Refuse(
                http,
                400,
                "unauthorized_client",
                700016,
                $"Application with identifier '{clientId}' was not found in the directory."
            );
            return;
        }

        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret ?? string.Empty), Encoding.UTF8.GetBytes(client.Secret)))
        {
            await Refuse(http, 401, "invalid_client", 7000215, "Invalid client secret provided.");
            return;
        }

        var scope = form["scope"].ToString();
        if (!scope.EndsWith(DefaultScope, StringComparison.Ordinal) || scope.Contains(' ', StringComparison.Ordinal))
        {
            await Refuse(
                http,
                400,
                "invalid_scope",
                70011,
                "The provided value for the input parameter 'scope' is not valid: client credentials take one scope that ends in /.default."
            );
            return;
        }

        var audience = scope[..^DefaultScope.Length];
        if (!server.Knows(audience))
        {
            await Refuse(http, 400, "invalid_resource", 500011, $"The resource principal named {audience} was not found in the tenant.");
            return;
        }

        var (token, expires) = server.MintFor(client.ObjectId, client.ClientId, audience, client.Roles);
        var seconds = (long)(expires - server.Now).TotalSeconds;
        http.Response.Headers.CacheControl = "no-store";
        await Wire.WriteAsync(
            http.Response,
            200,
            new JsonObject
            {
                ["token_type"] = "Bearer",
                ["expires_in"] = seconds,
                ["ext_expires_in"] = seconds,
                ["access_token"] = token,
            }
        );
    }

    private static (string? ClientId, string? Secret) Credentials(HttpRequest request, IFormCollection form)
    {
        if (
            AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
            && header is { Scheme: "Basic", Parameter: { } parameter }
        )
        {
            var buffer = new byte[parameter.Length];
            if (
                Convert.TryFromBase64String(parameter, buffer, out var length)
                && Encoding.UTF8.GetString(buffer, 0, length).Split(':', 2) is [var id, var secret]
            )
            {
                return (Uri.UnescapeDataString(id), Uri.UnescapeDataString(secret)); // RFC 6749 section 2.3.1
            }
        }

        return (form["client_id"], form["client_secret"]);
    }

    private static Task Refuse(HttpContext http, int status, string error, int number, string description) =>
        Wire.WriteAsync(
            http.Response,
            status,
            new JsonObject
            {
                ["error"] = error,
                ["error_description"] = $"AADSTS{number}: {description}",
                ["error_codes"] = new JsonArray(number),
                ["trace_id"] = http.TraceIdentifier,
            }
        );
}
