using System.Collections.Concurrent;
using Rekey.Core;

namespace Rekey.Azure.Http;

/// <summary>The rate gates of one identity in a process: one for each service and quota. All clients of the identity share them.</summary>
/// <param name="timeProvider">The clock.</param>
/// <param name="maxWait">The maximum wait of one call for a throttled service before it fails with <see cref="RetryLaterException"/>.
/// </param>
public sealed class RateGates(TimeProvider timeProvider, TimeSpan maxWait)
{
    private readonly ConcurrentDictionary<(string Service, string Calls), RateGate> _gates = new();

    internal RateGate Of(RateLimits limits) =>
        _gates.GetOrAdd((limits.Service, limits.Calls), _ => new RateGate(limits, maxWait, timeProvider));
}
