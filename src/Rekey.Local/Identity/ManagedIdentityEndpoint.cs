using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Rekey.Local.Tls;

namespace Rekey.Local.Identity;

/// <summary>
/// The App Service form of the managed-identity endpoint: <c>GET ?api-version=2019-08-01&amp;resource=…[&amp;client_id=…]</c> with the
/// header <c>X-IDENTITY-HEADER</c>. The message for an unknown identity is the real one; the bodies of the other refusals are not
/// confirmed, their statuses are what the official credential treats as final.
/// </summary>
internal static class ManagedIdentityEndpoint
{
    private const string ApiVersion = "2019-08-01";

    public static void Map(WebApplication app, IdentityServer server, TimeProvider timeProvider) =>
        app.MapGet("/msi/token", http => AnswerAsync(http, server, timeProvider));

    private static async Task AnswerAsync(HttpContext http, IdentityServer server, TimeProvider timeProvider)
    {
        var query = http.Request.Query;
        if (!HeaderMatches(http.Request.Headers["X-IDENTITY-HEADER"].ToString(), server.IdentityHeader))
        {
            await Refuse(http, 401, "The X-IDENTITY-HEADER is missing or wrong.");
            return;
        }

        if (query["api-version"] != ApiVersion)
        {
            await Refuse(http, 400, "The api-version is missing or not supported.");
            return;
        }

        var resource = query["resource"].ToString();
        if (resource.Length == 0 || !server.Knows(resource))
        {
            await Refuse(http, 400, $"AADSTS500011: The resource principal named {resource} was not found in the tenant.");
            return;
        }

        var clientId = query.TryGetValue("client_id", out var given) ? given.ToString() : null;
        var identity = server.FindIdentity(clientId);
        if (identity is null || query.ContainsKey("principal_id") || query.ContainsKey("mi_res_id"))
        {
            await Refuse(http, 400, "Unable to load the proper Managed Identity.");
            return;
        }

        var (token, expires) = server.MintFor(identity.ObjectId, identity.ClientId, resource.TrimEnd('/'), identity.Roles);
        server.CountManagedIdentityToken();
        await Wire.WriteAsync(
            http.Response,
            200,
            new JsonObject
            {
                ["access_token"] = token,
                // The official credential compares this with the system clock and would drop a token of a test's past, so it gets
                // the remaining life on the system clock.
                ["expires_on"] = (DateTimeOffset.UtcNow + (expires - timeProvider.GetUtcNow()))
                    .ToUnixTimeSeconds()
                    .ToString(CultureInfo.InvariantCulture),
                ["resource"] = resource,
                ["token_type"] = "Bearer",
                ["client_id"] = identity.ClientId,
            }
        );
    }

    private static bool HeaderMatches(string given, string wanted) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(wanted));

    private static Task Refuse(HttpContext http, int status, string message) =>
        Wire.WriteAsync(
            http.Response,
            status,
            new JsonObject
            {
                ["statusCode"] = status,
                ["message"] = message,
                ["correlationId"] = Guid.NewGuid().ToString(),
            }
        );
}
