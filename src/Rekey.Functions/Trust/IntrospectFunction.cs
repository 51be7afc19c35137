using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
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
    [Problem(400, "no-token", "bad-form"), Problem(415, "not-a-form", "not-utf-8")]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "introspect")] HttpRequest request)
    {
        CheckForm(request);

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

    /// <summary>RFC 7662 §2.1 has one media type, and its bytes are UTF-8. ASP.NET Core would decode others, or fail on them.</summary>
    private static void CheckForm(HttpRequest request)
    {
        if (
            !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
        )
        {
            throw new BadInputException(
                "not-a-form",
                "Send token as application/x-www-form-urlencoded (RFC 7662 §2.1).",
                StatusCodes.Status415UnsupportedMediaType
            );
        }

        if (
            type.Parameters.Any(p =>
                p.Name.Equals("charset", StringComparison.OrdinalIgnoreCase)
                && !HeaderUtilities.RemoveQuotes(p.Value).Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            )
        )
        {
            throw new BadInputException(
                "not-utf-8",
                "Send the form as UTF-8: without a charset, or with charset=utf-8.",
                StatusCodes.Status415UnsupportedMediaType
            );
        }
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
