using Microsoft.AspNetCore.Diagnostics;

namespace Rekey.Functions.Wire;

/// <summary>
/// Answers requests that the worker could not pair with an invocation: they come from elsewhere than the host, or carry an id of the
/// caller's own. No function has seen them.
/// </summary>
/// <remarks>Failures of functions do not come here: <see cref="Rekey.Functions.Security.HttpCalls"/> answers those. No line is logged: any
/// caller could fill the log.</remarks>
public sealed class UnpairedRequests(Problems problems) : IExceptionHandler
{
    public static BadInputException NotPaired() =>
        new("no-invocation", "This port is for the Functions host alone.", StatusCodes.Status404NotFound);

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is BadInputException or BadHttpRequestException)
        {
            await problems.WriteAsync(httpContext, exception);
            return true;
        }

        // Without a body. The host passes on what it gets before it learns that the invocation has failed, and then can only break off a
        // body that has begun.
        httpContext.Response.StatusCode = StatusCodes.Status404NotFound;
        return true;
    }
}
