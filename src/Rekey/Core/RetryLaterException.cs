namespace Rekey.Core;

/// <summary>The world is not ready: a throttle, an outage, a lost race. The same work may be tried again, after <see cref="Delay"/> where
/// it is known.</summary>
public sealed class RetryLaterException(string message, TimeSpan? delay = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How long the other side asked us to wait; null when it did not say.</summary>
    public TimeSpan? Delay { get; } = delay;

    /// <summary>A stable code where a program has to tell one cause from the others; else null.</summary>
    public string? Reason { get; init; }

    /// <summary>True when the call was surely not carried out: it was throttled, or never reached the other side.</summary>
    public bool Untouched { get; init; }
}
