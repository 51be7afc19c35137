using System.Collections.Concurrent;

namespace Rekey.Azure.KeyVault;

/// <summary>Which of a vault's quotas a call draws on ("Azure Key Vault service limits"): creates have a small one of their own.</summary>
public enum VaultQuota
{
    /// <summary>Creating a version, by create or rotate: 10 (HSM) or 20 (software) in 10 seconds.</summary>
    Create,

    /// <summary>Everything else: thousands in 10 seconds.</summary>
    Other,
}

/// <summary>
/// One gate per vault and quota for all callers of the process: when the vault throttles one of them, nobody asks again before the time it
/// named, and then one goes first. A rejected call is not counted by the vault and was surely not carried out.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="maxWait">How long one call may wait in all before it is handed back as <see cref="RetryLaterException"/>.</param>
public sealed class VaultThrottle(TimeProvider time, TimeSpan maxWait)
{
    private readonly ConcurrentDictionary<(string Vault, VaultQuota Quota), VaultGate> _gates = new();

    /// <summary>Calls until the vault does not throttle.</summary>
    /// <param name="vault">The vault's authority.</param>
    /// <param name="quota">The quota the call draws on.</param>
    /// <param name="call">Sends the request once.</param>
    /// <param name="throttled">Whether the reply is a 429, and the Retry-After in it.</param>
    /// <exception cref="RetryLaterException">The wait would be longer than allowed.</exception>
    public async Task<T> RunAsync<T>(string vault, VaultQuota quota, Func<Task<T>> call, Func<T, (bool Throttled, TimeSpan? RetryAfter)> throttled, CancellationToken cancel)
    {
        var gate = _gates.GetOrAdd((vault.ToLowerInvariant(), quota), static (key, clock) => new VaultGate(key.Vault, key.Quota, clock), time);
        var deadline = time.GetUtcNow() + maxWait;
        while (true)
        {
            using var pass = await gate.EnterAsync(deadline, cancel);
            var reply = await call();
            var (isThrottled, retryAfter) = throttled(reply);
            if (!isThrottled)
            {
                pass.Succeeded();
                return reply;
            }

            (reply as IDisposable)?.Dispose();
            pass.Rejected(retryAfter);
        }
    }
}
