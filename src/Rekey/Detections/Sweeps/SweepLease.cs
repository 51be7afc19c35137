using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Ledgers.Records;

namespace Rekey.Detections.Sweeps;

/// <summary>
/// The lease of the process that sweeps. It saves work, but correctness does not depend on it: findings have deterministic ids, rows
/// change under their ETag, and two processes judge a batch the same way.
/// </summary>
public sealed class SweepLease
{
    private readonly ILedgerRecords<SweepState> _states;
    private readonly TimeSpan _length;
    private readonly TimeProvider _timeProvider;
    private readonly string _token = Guid.NewGuid().ToString("N");
    private Versioned<SweepState> _held;

    private SweepLease(ILedgerRecords<SweepState> states, TimeSpan length, TimeProvider timeProvider, Versioned<SweepState> held) =>
        (_states, _length, _timeProvider, _held) = (states, length, timeProvider, held);

    /// <summary>The last saved state.</summary>
    public SweepState State => _held.Value;

    /// <summary>Acquires the lease; null if another process holds it.</summary>
    public static async Task<SweepLease?> TakeAsync(
        ILedgerRecords<SweepState> states,
        TimeSpan length,
        TimeProvider timeProvider,
        CancellationToken cancellationToken
    )
    {
        var now = timeProvider.GetUtcNow();
        var read = await states.FindAsync(SweepState.Name, "state", cancellationToken)
            ?? await states.InsertAsync(new(), cancellationToken);
        if (read is null || read.Value.Bounded(length, now).LeaseUntil > now)
        {
            return null;
        }

        var lease = new SweepLease(states, length, timeProvider, read);
        if (await states.ReplaceAsync(read, lease.Leased(read.Value.Bounded(length, now)), cancellationToken) is not { } taken)
        {
            return null;
        }

        lease._held = taken;
        return lease;
    }

    /// <summary>Saves a change and renews the lease.</summary>
    /// <exception cref="RetryLaterException">Another process has taken over.</exception>
    public Task SaveAsync(Func<SweepState, SweepState> change, CancellationToken cancellationToken) =>
        ReplaceAsync(Leased(change(_held.Value)), cancellationToken);

    /// <summary>Releases the lease. If that fails, the lease expires.</summary>
    public Task ReleaseAsync(CancellationToken cancellationToken) =>
        ReplaceAsync(_held.Value with { LeaseOwner = null, LeaseUntil = null }, cancellationToken);

    private SweepState Leased(SweepState state) => state with { LeaseOwner = _token, LeaseUntil = _timeProvider.GetUtcNow() + _length };

    private async Task ReplaceAsync(SweepState state, CancellationToken cancellationToken) =>
        _held = await _states.ReplaceAsync(_held, state, cancellationToken)
            ?? throw new RetryLaterException("Another process has taken over the sweep.", TimeSpan.FromSeconds(5));
}
