using System.Text.Json;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;
using Rekey.Trust;

namespace Rekey.Functions;

/// <summary>HTTP: token introspection (RFC 7662). An inactive token gets <c>{"active":false}</c> and not a word more.</summary>
public sealed class Introspect(PublishedTrust published, TrustOptions options, TimeProvider clock)
{
    private static readonly string[] Shown = ["iss", "sub", "aud", "exp", "iat", "nbf", "jti", "client_id", "scope", "username"];

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/introspect", async (HttpContext context, Introspect function) =>
        {
            if (!context.Request.HasFormContentType)
            {
                throw new BadInputException("not-a-form", "Send token as application/x-www-form-urlencoded (RFC 7662 §2.1).", StatusCodes.Status415UnsupportedMediaType);
            }

            var form = await FormAsync(context);
            if (form["token"] is not [{ Length: > 0 } token])
            {
                throw new BadInputException("no-token", "The form must have exactly one 'token' (RFC 7662 §2.1).");
            }

            context.Response.Headers.CacheControl = "no-store";
            return await function.RunAsync(token, context.RequestAborted);
        }).ForRoles(Roles.Gateway);

    private static async Task<IFormCollection> FormAsync(HttpContext context)
    {
        try
        {
            return await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (InvalidDataException e)
        {
            // More fields, or longer names, than ASP.NET Core takes: the sender's mistake, not ours.
            throw new BadInputException("bad-form", $"The form cannot be read: {e.Message}");
        }
    }

    private async Task<IResult> RunAsync(string token, CancellationToken cancel)
    {
        var verdict = TokenJudge.Judge(token, await published.ListAsync(cancel), options, clock.GetUtcNow());
        if (!verdict.Active)
        {
            Telemetry.Introspections.Add(1, new KeyValuePair<string, object?>("outcome", verdict.Refusal));
            return Results.Json(new { active = false });
        }

        Telemetry.Introspections.Add(1, new KeyValuePair<string, object?>("outcome", "active"));
        var reply = new Dictionary<string, object>(StringComparer.Ordinal) { ["active"] = true, ["token_type"] = "Bearer" };
        foreach (var name in Shown)
        {
            if (verdict.Claims!.Value.TryGetProperty(name, out JsonElement value))
            {
                reply[name] = value;
            }
        }

        return Results.Json(reply);
    }
}
