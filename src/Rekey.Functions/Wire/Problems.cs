using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace Rekey.Functions.Wire;

/// <summary>Failures as RFC 9457 problem details: what is wrong, what to do, and a 5xx only where trying again helps.</summary>
public sealed class Problems(IProblemDetailsService problems, ILogger<Problems> log) : IExceptionHandler
{
    /// <summary>Gives a reason to what ASP.NET Core refuses by itself, such as a caller without a role.</summary>
    public static void Customize(ProblemDetailsOptions options) => options.CustomizeProblemDetails = context =>
        context.ProblemDetails.Extensions.TryAdd("reason", context.HttpContext.Response.StatusCode switch
        {
            StatusCodes.Status401Unauthorized => "not-authenticated",
            StatusCodes.Status403Forbidden => "not-allowed",
            StatusCodes.Status404NotFound => "not-found",
            StatusCodes.Status405MethodNotAllowed => "method-not-allowed",
            _ => "refused",
        });

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (status, reason, title, detail) = exception switch
        {
            BadInputException e => (e.Status, e.Reason, "The request cannot be taken", e.Message),
            BadHttpRequestException e => (e.StatusCode, e.StatusCode == 413 ? "too-large" : "bad-request", "The request cannot be taken", e.Message),
            CannotContinueException e => (StatusCodes.Status422UnprocessableEntity, e.Reason, e.Message, e.Remedy),
            RetryLaterException e => (StatusCodes.Status503ServiceUnavailable, "try-later", "Try again later", e.Message),
            OperationCanceledException => (StatusCodes.Status503ServiceUnavailable, "try-later", "Try again later", "It took too long."),
            _ => (StatusCodes.Status500InternalServerError, "internal", "Something is wrong here", "The operators' log has the details."),
        };
        if (status >= 500)
        {
            log.LogError(exception, "A request failed. Path: {Path}. Reason: {Reason}", httpContext.Request.Path, reason);
        }

        if (exception is RetryLaterException { Delay: { } delay })
        {
            httpContext.Response.Headers.RetryAfter = $"{Math.Ceiling(delay.TotalSeconds)}";
        }

        httpContext.Response.StatusCode = status;
        var details = new ProblemDetails { Status = status, Title = title, Detail = detail };
        details.Extensions["reason"] = reason;
        return await problems.TryWriteAsync(new() { HttpContext = httpContext, ProblemDetails = details });
    }
}
