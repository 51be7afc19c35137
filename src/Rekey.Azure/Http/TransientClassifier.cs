using Azure.Core;

namespace Rekey.Azure.Http;

/// <summary>Decides which requests the pipeline may retry by itself.</summary>
/// <remarks>
/// Never a 429: a throttle concerns every caller, so the code above the pipeline waits. Never a reply that asks for a long wait: the
/// function has a deadline, and the queue can wait longer.
/// </remarks>
internal sealed class TransientClassifier : ResponseClassifier
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly bool _repeatable;

    private TransientClassifier(bool repeatable) => _repeatable = repeatable;

    /// <summary>The classifier for calls that read or set a state.</summary>
    public static TransientClassifier Repeatable { get; } = new(repeatable: true);

    /// <summary>The classifier for calls that create something: after a lost reply or a 5xx the outcome is unknown.</summary>
    public static TransientClassifier SentOnce { get; } = new(repeatable: false);

    // The client evaluates the status; the pipeline never throws.
    public override bool IsErrorResponse(HttpMessage message) => message.Response.Status >= 400;

    public override bool IsRetriableResponse(HttpMessage message) =>
        _repeatable
        && message.Response.Status is (408 or 500 or 502 or 503 or 504)
        && (RetryAfter.Of(message.Response, TimeProvider.System) is not { } wait || wait <= LongestWait);

    public override bool IsRetriableException(Exception exception) => _repeatable && base.IsRetriableException(exception);

    public override bool IsRetriable(HttpMessage message, Exception exception) => _repeatable && base.IsRetriable(message, exception);
}
