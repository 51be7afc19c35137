using System.Collections.Concurrent;
using Rekey.Core;

namespace Rekey.Azure.KeyVault.Pipeline;

/// <summary>
/// The throttle of all vault calls of the process, with one gate per vault and quota. If the vault throttles one caller, all wait as long
/// as it asks, and then one goes first. The vault neither counts nor runs a rejected call.
/// </summary>
/// <param name="timeProvider">The clock.</param>
/// <param name="maxWait">The maximum wait of one call before it fails with <see cref="RetryLaterException"/>.</param>
public sealed class VaultThrottle(TimeProvider timeProvider, TimeSpan maxWait)
{
    private readonly ConcurrentDictionary<(string Vault, VaultOperationLimits Quota), VaultGate> _gates = new();

    /// <summary>Calls the vault, and retries while it throttles.</summary>
    /// <param name="vault">The vault's authority.</param>
    /// <param name="quota">The quota the call draws on.</param>
    /// <param name="call">Sends the request once.</param>
    /// <param name="throttled">Whether the reply is a 429, and the Retry-After in it.</param>
    /// <exception cref="RetryLaterException">The wait would be longer than allowed.</exception>
    public async Task<T> RunAsync<T>(
        string vault,
        VaultOperationLimits quota,
        Func<Task<T>> call,
        Func<T, (bool Throttled, TimeSpan? RetryAfter)> throttled,
        CancellationToken cancellationToken
    )
    {
        var gate = _gates.GetOrAdd(
            (vault.ToLowerInvariant(), quota),
            static (key, timeProvider) => new VaultGate(key.Vault, key.Quota, timeProvider),
            timeProvider
        );
        var deadline = timeProvider.GetUtcNow() + maxWait;
        while (true)
        {
            using var pass = await gate.EnterAsync(deadline, cancellationToken);
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
