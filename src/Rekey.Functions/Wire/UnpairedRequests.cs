using Microsoft.AspNetCore.Diagnostics;

namespace Rekey.Functions.Wire;

/// <summary>
/// Answers requests that the worker could not pair with an invocation: they do not come from the host, or carry an id that the caller
/// made up. No function has seen them.
/// </summary>
/// <remarks>Failures of functions do not come here: <see cref="Rekey.Functions.Security.HttpCalls"/> answers those. Nothing is logged,
/// since any caller could fill the log.</remarks>
public sealed class UnpairedRequests(Problems problems) : IExceptionHandler
{
    public static BadInputException NotPaired() =>
        new("no-invocation", "This port is only for the Functions host.", StatusCodes.Status404NotFound);

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is BadInputException or BadHttpRequestException)
        {
            await problems.WriteAsync(httpContext, exception);
            return true;
        }

        // Without a body: the host passes on what it gets before it learns that the invocation failed, and could only abort a body.
        httpContext.Response.StatusCode = StatusCodes.Status404NotFound;
        return true;
    }
}
