namespace Rekey.Core;

/// <summary>
/// A temporary failure: a throttle, an outage, a lost race. Retry the same work, after <see cref="Delay"/> where it is known.
/// </summary>
public sealed class RetryLaterException(string message, TimeSpan? delay = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How long the service asked us to wait; null when it did not say.</summary>
    public TimeSpan? Delay { get; } = delay;

    /// <summary>A stable code where a program must distinguish causes; else null.</summary>
    public string? Reason { get; init; }

    /// <summary>True when the call was surely not carried out: it was throttled, or never reached the service.</summary>
    public bool Untouched { get; init; }
}
