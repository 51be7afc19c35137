using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Rekey.Core;

namespace Rekey.Functions.Wire;

/// <summary>Writes failures as RFC 9457 problem details: what is wrong, what to do, and a 5xx only where a retry helps.</summary>
public sealed class Problems(IProblemDetailsService details, TimeProvider timeProvider, ILogger<Problems> log)
{
    /// <summary>How many failures of one reason are logged in a <see cref="Window"/>, so that callers cannot push other lines out of the
    /// log's queue.</summary>
    private const int MostLogged = 20;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _inWindow = new(StringComparer.Ordinal);
    private DateTimeOffset _windowEnds;

    /// <summary>Adds a reason and a trace id to every problem, also to refusals of ASP.NET Core itself, such as of a caller without a
    /// role.</summary>
    public static void Customize(ProblemDetailsOptions options) =>
        options.CustomizeProblemDetails = context =>
        {
            context.ProblemDetails.Extensions.TryAdd(
                "reason",
                context.HttpContext.Response.StatusCode switch
                {
                    StatusCodes.Status401Unauthorized => "not-authenticated",
                    StatusCodes.Status403Forbidden => "not-allowed",
                    StatusCodes.Status404NotFound => "not-found",
                    StatusCodes.Status405MethodNotAllowed => "method-not-allowed",
                    _ => "refused",
                }
            );

            // The W3C trace id finds the log lines; Kestrel's connection id finds none.
            context.ProblemDetails.Extensions["traceId"] = Activity.Current?.TraceId.ToHexString() ?? context.HttpContext.TraceIdentifier;
        };

    /// <summary>Answers with a problem. When the answer has begun, it aborts the connection, so that half an answer does not look
    /// complete.</summary>
    public async Task WriteAsync(HttpContext http, Exception exception)
    {
        var (status, reason, title, detail) = exception switch
        {
            BadInputException e => (e.Status, e.Reason, "The request is not acceptable", e.Message),
            BadHttpRequestException e => (
                e.StatusCode,
                e.StatusCode == 413 ? "too-large" : "bad-request",
                "The request is not acceptable",
                e.Message
            ),
            CannotContinueException e => (StatusCodes.Status422UnprocessableEntity, e.Reason, e.Message, e.Remedy),
            RetryLaterException e => (StatusCodes.Status503ServiceUnavailable, "try-later", "Try again later", e.Message),
            OperationCanceledException => (StatusCodes.Status503ServiceUnavailable, "try-later", "Try again later", "It took too long."),
            _ => (
                StatusCodes.Status500InternalServerError,
                "internal",
                "The server failed",
                "Search the log for the traceId to find the cause."
            ),
        };
        if (status >= 500 && IsLogged(reason, out var isLast))
        {
            log.LogError(
                exception,
                "A request failed. Path: {Path}. Reason: {Reason}{More}",
                http.Request.Path,
                reason,
                isLast ? ". Further failures of this reason are not logged for a minute" : ""
            );
        }

        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.Clear();
        http.Response.StatusCode = status;
        if (exception is RetryLaterException { Delay: { } delay })
        {
            http.Response.Headers.RetryAfter = $"{Math.Ceiling(delay.TotalSeconds)}";
        }

        var problem = new ProblemDetails
        {
            Status = status,
            Title = title,
            Detail = detail,
        };
        problem.Extensions["reason"] = reason;
        await details.TryWriteAsync(new() { HttpContext = http, ProblemDetails = problem });
    }

    /// <summary>Writes the body of an answer that has a status, such as 401 with its <c>WWW-Authenticate</c>.</summary>
    public Task WriteStatusAsync(HttpContext http) =>
        details
            .WriteAsync(
                new()
                {
                    HttpContext = http,
                    ProblemDetails = new() { Status = http.Response.StatusCode },
                }
            )
            .AsTask();

    /// <summary>Tells whether to log this failure; the last in a window says that further ones are not logged.</summary>
    private bool IsLogged(string reason, out bool isLast)
    {
        lock (_gate)
        {
            var now = timeProvider.GetUtcNow();
            if (now >= _windowEnds)
            {
                _windowEnds = now + Window;
                _inWindow.Clear();
            }

            var count = _inWindow[reason] = _inWindow.GetValueOrDefault(reason) + 1;
            isLast = count == MostLogged;
            return count <= MostLogged;
        }
    }
}
