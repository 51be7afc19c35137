namespace Rekey.Functions;

/// <summary>How the handler runs under the Functions host.</summary>
public sealed class HandlerOptions
{
    /// <summary>How long one invocation may take.</summary>
    /// <remarks>Below host.json's functionTimeout of five minutes: at that the host kills the handler, and other calls in flight with it.</remarks>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromMinutes(4);

    /// <summary>The largest body that an HTTP endpoint takes, in bytes.</summary>
    public int MaxBody { get; set; } = 64 * 1024;

    /// <summary>The largest envelope that the host may send, in bytes: it repeats an event in its metadata.</summary>
    public int MaxEnvelope { get; set; } = 4 * 1024 * 1024;

    /// <summary>How many introspected tokens an instance remembers, so that a token that comes again costs no signature; 0 remembers none.</summary>
    /// <remarks>An answer is forgotten with the trust list and the blocklist that it rests on. Ten thousand take about 10 MiB; no token is kept, only its SHA-256.</remarks>
    public int RememberedTokens { get; set; } = 10_000;

    /// <summary>Every mistake in these settings.</summary>
    /// <param name="throttleWait">How long one call may wait for a throttled vault.</param>
    public IEnumerable<string> Validate(TimeSpan throttleWait)
    {
        if (Deadline >= TimeSpan.FromMinutes(5))
        {
            yield return "Deadline must be below host.json's functionTimeout of five minutes.";
        }

        if (Deadline <= throttleWait)
        {
            yield return $"Deadline must be longer than Azure:MaxThrottleWait ({throttleWait:c}): each wait would end as a failure, and the fifth as a poisoned message.";
        }

        if (RememberedTokens < 0)
        {
            yield return "RememberedTokens must not be negative.";
        }

        if (MaxBody < 1024 || MaxEnvelope < MaxBody)
        {
            yield return "MaxBody must be 1024 bytes at least, and MaxEnvelope no less than MaxBody.";
        }
    }
}
