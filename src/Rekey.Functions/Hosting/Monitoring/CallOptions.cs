namespace Rekey.Functions.Hosting.Monitoring;

/// <summary>The bounds of one call of a function.</summary>
public sealed class CallOptions
{
    /// <summary>host.json's functionTimeout.</summary>
    private static readonly TimeSpan FunctionTimeout = TimeSpan.FromMinutes(5);

    /// <summary>How long one call may take; longer than <c>Azure:MaxThrottleWait</c>.</summary>
    /// <remarks>Below host.json's functionTimeout: a function that is still running then is cancelled, and two seconds later the whole
    /// worker is ended, with all other calls.</remarks>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromMinutes(4);

    /// <summary>The largest body that an HTTP function takes, in bytes; a status list has <c>Blocking:MaxStatusBody</c>.</summary>
    /// <remarks>64 KiB: several times the longest that any of them is sent.</remarks>
    public int MaxBody { get; set; } = 64 * 1024;

    /// <summary>How many introspected tokens an instance remembers, so that a token that comes again costs no signature; 0 remembers
    /// none.</summary>
    /// <remarks>An answer is forgotten with the trust list and the blocklist that it rests on. Ten thousand take about 10 MiB; no token is
    /// kept, only its SHA-256.</remarks>
    public int RememberedTokens { get; set; } = 10_000;

    /// <summary>Every mistake in these settings.</summary>
    /// <param name="throttleWait">How long one call may wait for a throttled vault.</param>
    public IEnumerable<string> Validate(TimeSpan throttleWait)
    {
        if (Deadline >= FunctionTimeout)
        {
            yield return "Deadline must be below host.json's functionTimeout of five minutes.";
        }

        if (Deadline <= throttleWait)
        {
            yield return $"Deadline must be longer than Azure:MaxThrottleWait ({throttleWait:c}): each wait would end as a failure, and "
                + "the fifth as a poisoned message.";
        }

        if (RememberedTokens < 0)
        {
            yield return "RememberedTokens must not be negative.";
        }

        if (MaxBody < 1024)
        {
            yield return "MaxBody must be 1024 bytes at least.";
        }
    }
}
