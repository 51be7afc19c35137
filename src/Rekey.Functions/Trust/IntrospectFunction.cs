using Microsoft.AspNetCore.Mvc;
using Rekey.Functions.Security;
using Rekey.Functions.Trust.Views;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Trust;

/// <summary>HTTP: introspects a token (RFC 7662).</summary>
public sealed class IntrospectFunction(IntrospectToken introspect)
{
    [Function("Introspect"), Authorize(Roles = Roles.Gateway)]
    [Consumes(typeof(IntrospectionForm), "application/x-www-form-urlencoded")]
    [ProducesResponseType<IntrospectionView>(StatusCodes.Status200OK)]
    [Problem(400, "no-token", "bad-form"), Problem(415, "not-a-form")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "introspect")] HttpRequest request)
    {
        if (!request.HasFormContentType)
        {
            throw new BadInputException(
                "not-a-form",
                "Send token as application/x-www-form-urlencoded (RFC 7662 §2.1).",
                StatusCodes.Status415UnsupportedMediaType
            );
        }

        // token_type_hint and other fields are ignored: there is one kind of token.
        var cancel = request.HttpContext.RequestAborted;
        var form = await FormAsync(request, cancel);
        if (form["token"] is not [{ Length: > 0 } token])
        {
            throw new BadInputException("no-token", "The form must have exactly one 'token' (RFC 7662 §2.1).");
        }

        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(await introspect.RunAsync(token, cancel), "application/json; charset=utf-8");
    }

    private static async Task<IFormCollection> FormAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await request.ReadFormAsync(cancellationToken);
        }
        catch (InvalidDataException e)
        {
            // More fields, or longer names, than ASP.NET Core allows: the sender's mistake.
            throw new BadInputException("bad-form", $"Rekey cannot read the form: {e.Message}");
        }
    }
}
