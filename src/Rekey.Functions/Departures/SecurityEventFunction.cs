using System.Text;
using Microsoft.AspNetCore.Mvc;
using Rekey.Core;
using Rekey.Departures.SecurityEvents;
using Rekey.Functions.Departures.Feed;
using Rekey.Functions.Departures.Views;

namespace Rekey.Functions.Departures;

/// <summary>
/// HTTP: takes security events that an identity provider pushes (RFC 8935). It is open to anybody, because the signature of the event
/// authenticates it. An event is accepted once it is on the ledger, and accepted again when it is repeated.
/// </summary>
public sealed class SecurityEventFunction(TakeSecurityEvent take, GraphReads reads, ILogger<SecurityEventFunction> log)
{
    [Function(TakeSecurityEvent.Source), AllowAnonymous]
    [ProducesResponseType(StatusCodes.Status202Accepted)]
    [ProducesResponseType<SecurityEventError>(StatusCodes.Status400BadRequest)]
    public async Task<IResult> RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "security-events")] HttpRequest request)
    {
        var cancel = request.HttpContext.RequestAborted;
        try
        {
            await take.TakeAsync(await ReadAsync(request, cancel), reads.WaitFor, cancel);
            return Results.StatusCode(StatusCodes.Status202Accepted);
        }
        catch (SecurityEventRefusedException refused)
        {
            log.LogWarning("A security event was refused. Code: {Code}. {Message}", refused.Code, refused.Message);
            request.HttpContext.Response.Headers.ContentLanguage = "en";
            return Results.Json(new SecurityEventError(refused.Code, refused.Message), statusCode: StatusCodes.Status400BadRequest);
        }
        catch (CannotContinueException refusal)
        {
            // The event is not wrong: the transmitter must send it again.
            throw new RetryLaterException(refusal.Message, inner: refusal);
        }
    }

    private static async Task<string> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentType?.Split(';')[0].Trim().Equals("application/secevent+jwt", StringComparison.OrdinalIgnoreCase) is not true)
        {
            throw new SecurityEventRefusedException(
                SecurityEventRefusedException.InvalidRequest,
                "Send the event as application/secevent+jwt."
            );
        }

        var buffer = new byte[SecurityEventToken.MaxLength + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length > SecurityEventToken.MaxLength
            ? throw new SecurityEventRefusedException(SecurityEventRefusedException.InvalidRequest, "The event is too long.")
            : Encoding.ASCII.GetString(buffer, 0, length);
    }
}
