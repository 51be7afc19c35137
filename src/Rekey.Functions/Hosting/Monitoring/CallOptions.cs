namespace Rekey.Functions.Hosting.Monitoring;

/// <summary>The limits of one function call.</summary>
public sealed class CallOptions
{
    /// <summary>The functionTimeout of host.json.</summary>
    private static readonly TimeSpan FunctionTimeout = TimeSpan.FromMinutes(5);

    /// <summary>The deadline of one call; longer than <c>Azure:MaxThrottleWait</c>.</summary>
    /// <remarks>It is below host.json's functionTimeout. At that timeout the host cancels the function, and two seconds later it ends the
    /// whole worker with all other calls.</remarks>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromMinutes(4);

    /// <summary>The largest body that an HTTP function takes, in bytes; a status list has <c>Blocking:MaxStatusBody</c>.</summary>
    /// <remarks>64 KiB is several times the longest expected body.</remarks>
    public int MaxBody { get; set; } = 64 * 1024;

    /// <summary>How many introspected tokens an instance remembers, so that a repeated token needs no signature check; 0 remembers
    /// none.</summary>
    /// <remarks>An answer is dropped with the trust list and blocklist that it comes from. Ten thousand take about 10 MiB. Only the
    /// SHA-256 of a token is kept.</remarks>
    public int RememberedTokens { get; set; } = 10_000;

    /// <summary>Lists every mistake in these settings.</summary>
    /// <param name="throttleWait">How long one call may wait for a throttled vault.</param>
    public IEnumerable<string> Validate(TimeSpan throttleWait)
    {
        if (Deadline >= FunctionTimeout)
        {
            yield return "Deadline must be below host.json's functionTimeout of five minutes.";
        }

        if (Deadline <= throttleWait)
        {
            yield return $"Deadline must be longer than Azure:MaxThrottleWait ({throttleWait:c}): otherwise each wait for a "
                + "throttled vault fails, and the fifth makes a poison message.";
        }

        if (RememberedTokens < 0)
        {
            yield return "RememberedTokens must not be negative.";
        }

        if (MaxBody < 1024)
        {
            yield return "MaxBody must be at least 1024 bytes.";
        }
    }
}
