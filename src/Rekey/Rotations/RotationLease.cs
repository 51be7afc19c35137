using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;

namespace Rekey.Rotations;

/// <summary>
/// A process's lease on a key's rotation. Every save goes under the ETag of the last; other processes may only add waiting causes, and
/// those are kept. A process that has lost its lease cannot save.
/// </summary>
public sealed class RotationLease
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private readonly ILedgerRecords<Rotation> _records;
    private readonly RotationOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly string _token = Guid.NewGuid().ToString("N");
    private Versioned<Rotation> _held;
    private Func<Rotation, Rotation> _unsaved = r => r;

    private RotationLease(ILedgerRecords<Rotation> records, RotationOptions options, TimeProvider timeProvider, Versioned<Rotation> held) =>
        (_records, _options, _timeProvider, _held) = (records, options, timeProvider, held);

    /// <summary>The rotation as this process holds it.</summary>
    public Rotation Rotation => _unsaved(_held.Value);

    /// <summary>Takes the lease; null when there is no rotation for the key.</summary>
    /// <exception cref="RetryLaterException">Another process holds the lease.</exception>
    public static async Task<RotationLease?> TakeAsync(
        ILedgerRecords<Rotation> records,
        RotationHints hints,
        RotationOptions options,
        TimeProvider timeProvider,
        string row,
        CancellationToken cancellationToken
    )
    {
        while (await records.FindAsync(Rotation.Live, row, cancellationToken) is { } read)
        {
            var now = timeProvider.GetUtcNow();
            var bounded = hints.Bounded(read.Value);
            if (bounded.LeaseUntil is { } until && until > now)
            {
                throw new RetryLaterException("Another process holds this rotation.", until - now < LookAgain ? until - now : LookAgain);
            }

            var lease = new RotationLease(records, options, timeProvider, read);
            if (await records.ReplaceAsync(read, lease.Leased(bounded), cancellationToken) is { } taken)
            {
                lease._held = taken;
                return lease;
            }
        }

        return null;
    }

    /// <summary>
    /// Changes the rotation in memory, to be saved with the next change. Use it for facts that another process finds again after a crash,
    /// and for changes that may cancel out. Save before changing the vault: a process that has lost its lease learns of it there.
    /// </summary>
    public void Set(Func<Rotation, Rotation> change)
    {
        var before = _unsaved;
        _unsaved = r => change(before(r));
    }

    /// <summary>Saves a change and renews the lease.</summary>
    /// <param name="what">The kind of the event, when it has its own.</param>
    /// <exception cref="RetryLaterException">The lease expired and another process has taken it: what was read is outdated.</exception>
    public Task SaveAsync(Func<Rotation, Rotation> change, CancellationToken cancellationToken, Func<Rotation, LedgerEvent>? what = null) =>
        ReplaceAsync(r => Leased(change(r)), what, cancellationToken);

    /// <summary>Saves a last change and releases the lease; if that fails, the lease expires by itself.</summary>
    public Task ReleaseAsync(Func<Rotation, Rotation> change, CancellationToken cancellationToken) =>
        ReplaceAsync(r => change(r) with { LeaseOwner = null, LeaseUntil = null }, what: null, cancellationToken);

    private Rotation Leased(Rotation rotation) =>
        rotation with
        {
            LeaseOwner = _token,
            LeaseUntil = _timeProvider.GetUtcNow() + _options.Lease,
        };

    private async Task ReplaceAsync(Func<Rotation, Rotation> change, Func<Rotation, LedgerEvent>? what, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = change(Rotation);
            if (
                await (
                    what is null
                        ? _records.ReplaceAsync(_held, changed, cancellationToken)
                        : _records.ReplaceAsync(_held, changed, what(changed), cancellationToken)
                ) is
                { } saved
            )
            {
                _unsaved = r => r;

                // The change is in the ledger, whether or not the row still names this process as holder.
                _held =
                    saved.Value.LeaseOwner is null || string.Equals(saved.Value.LeaseOwner, _token, StringComparison.Ordinal)
                        ? saved
                        : throw TakenOver();
                return;
            }

            var read = await _records.FindAsync(Rotation.Live, _held.Value.Key.Row, cancellationToken);
            if (read is null || !string.Equals(read.Value.LeaseOwner, _token, StringComparison.Ordinal))
            {
                throw TakenOver();
            }

            _held = read;
        }
    }

    private RetryLaterException TakenOver() => new($"The rotation of {_held.Value.Key.Id} was taken over by another process.", LookAgain);
}
