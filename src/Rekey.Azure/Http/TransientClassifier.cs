using Azure.Core;

namespace Rekey.Azure.Http;

/// <summary>What the pipeline may send again by itself, without telling anybody.</summary>
/// <remarks>
/// Never a 429: a throttle concerns every caller, so it is waited for above the pipeline. Never a reply that asks for a long wait: the
/// function's deadline is near, and the queue waits better.
/// </remarks>
internal sealed class TransientClassifier : ResponseClassifier
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly bool _repeatable;

    private TransientClassifier(bool repeatable) => _repeatable = repeatable;

    /// <summary>For calls that read or set a state.</summary>
    public static TransientClassifier Repeatable { get; } = new(repeatable: true);

    /// <summary>For calls that make something: after a lost answer or a 5xx nobody knows whether they did.</summary>
    public static TransientClassifier SentOnce { get; } = new(repeatable: false);

    // Statuses are told apart by the client, never thrown by the pipeline.
    public override bool IsErrorResponse(HttpMessage message) => message.Response.Status >= 400;

    public override bool IsRetriableResponse(HttpMessage message) =>
        _repeatable
        && message.Response.Status is (408 or 500 or 502 or 503 or 504)
        && (RetryAfter.Of(message.Response, TimeProvider.System) is not { } wait || wait <= LongestWait);

    public override bool IsRetriableException(Exception exception) => _repeatable && base.IsRetriableException(exception);

    public override bool IsRetriable(HttpMessage message, Exception exception) => _repeatable && base.IsRetriable(message, exception);
}
