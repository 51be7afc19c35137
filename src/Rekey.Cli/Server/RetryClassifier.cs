using System.Net.Http.Headers;
using Azure;
using Azure.Core;

namespace Rekey.Cli.Server;

/// <summary>Lets the pipeline retry only what Rekey asks to retry: 429 and 503 with a <c>Retry-After</c> that a person can wait
/// for.</summary>
/// <remarks>Lost connections are not retried: whether the request was carried out is unknown then, and the person can look.</remarks>
internal sealed class RetryClassifier : ResponseClassifier
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    public static RetryClassifier Instance { get; } = new();

    /// <summary>How long the server asks to wait; null when it does not say.</summary>
    public static TimeSpan? RetryAfter(Response response) =>
        response.Headers.TryGetValue("Retry-After", out var text) && RetryConditionHeaderValue.TryParse(text, out var wait)
            ? wait.Delta ?? wait.Date - DateTimeOffset.UtcNow
            : null;

    /// <summary>The caller evaluates the status; the pipeline never throws.</summary>
    public override bool IsErrorResponse(HttpMessage message) => message.Response.Status >= 400;

    public override bool IsRetriableResponse(HttpMessage message) =>
        message.Response.Status is 429 or 503 && RetryAfter(message.Response) is { } wait && wait <= LongestWait;

    public override bool IsRetriableException(Exception exception) => false;

    public override bool IsRetriable(HttpMessage message, Exception exception) => false;
}
