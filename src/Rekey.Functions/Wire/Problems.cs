using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Rekey.Core;

namespace Rekey.Functions.Wire;

/// <summary>Failures as RFC 9457 problem details: what is wrong, what to do, and a 5xx only where trying again helps.</summary>
public sealed class Problems(IProblemDetailsService details, TimeProvider timeProvider, ILogger<Problems> log)
{
    /// <summary>Failures for one reason that are logged in one <see cref="Window"/>: callers must not be able to push other lines out of
    /// the log's queue.</summary>
    private const int MostLogged = 20;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _inWindow = new(StringComparer.Ordinal);
    private DateTimeOffset _windowEnds;

    /// <summary>Gives a reason and a trace id to every problem, also to what ASP.NET Core refuses by itself, such as a caller without a
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

            // The W3C trace id, by which the log is searched; Kestrel's own number of a connection is found nowhere.
            context.ProblemDetails.Extensions["traceId"] = Activity.Current?.TraceId.ToHexString() ?? context.HttpContext.TraceIdentifier;
        };

    /// <summary>Answers with a problem. When the answer has begun already, the connection is broken off: half an answer must not look
    /// whole.</summary>
    public async Task WriteAsync(HttpContext http, Exception exception)
    {
        var (status, reason, title, detail) = exception switch
        {
            BadInputException e => (e.Status, e.Reason, "The request cannot be taken", e.Message),
            BadHttpRequestException e => (
                e.StatusCode,
                e.StatusCode == 413 ? "too-large" : "bad-request",
                "The request cannot be taken",
                e.Message
            ),
            CannotContinueException e => (StatusCodes.Status422UnprocessableEntity, e.Reason, e.Message, e.Remedy),
            RetryLaterException e => (StatusCodes.Status503ServiceUnavailable, "try-later", "Try again later", e.Message),
            OperationCanceledException => (StatusCodes.Status503ServiceUnavailable, "try-later", "Try again later", "It took too long."),
            _ => (StatusCodes.Status500InternalServerError, "internal", "Something is wrong here", "The operators' log has the details."),
        };
        if (status >= 500 && IsLogged(reason, out var isLast))
        {
            log.LogError(
                exception,
                "A request failed. Path: {Path}. Reason: {Reason}{More}",
                http.Request.Path,
                reason,
                isLast ? ". Further ones for this reason are not logged within this minute" : ""
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

    /// <summary>Gives a body to an answer that has a status already, such as 401 with its <c>WWW-Authenticate</c>.</summary>
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

    /// <summary>Whether this one is logged; the last in a window says that further ones are not.</summary>
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
