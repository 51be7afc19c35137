using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Ledgers.Records;

/// <summary>
/// A process's lease on a record. Every save goes under the ETag of the last; what other processes add meanwhile is kept. A process that
/// has lost its lease cannot save.
/// </summary>
public sealed class Lease<T>
    where T : class, ILeased<T>
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private readonly ILedgerRecords<T> _records;
    private readonly TimeSpan _length;
    private readonly TimeProvider _timeProvider;
    private readonly string _token = Guid.NewGuid().ToString("N");
    private Versioned<T> _held;
    private Func<T, T> _unsaved = r => r;

    internal Lease(ILedgerRecords<T> records, TimeSpan length, TimeProvider timeProvider, Versioned<T> read) =>
        (_records, _length, _timeProvider, _held) = (records, length, timeProvider, read);

    /// <summary>The record as this process holds it.</summary>
    public T Value => _unsaved(_held.Value);

    /// <summary>
    /// Changes the record in memory, to be saved with the next change. Use it for facts that another process finds again after a crash,
    /// and for changes that may cancel out. Save before an effect outside: a process that has lost its lease learns of it there.
    /// </summary>
    public void Set(Func<T, T> change)
    {
        var before = _unsaved;
        _unsaved = r => change(before(r));
    }

    /// <summary>Saves a change and renews the lease.</summary>
    /// <param name="what">The kind of the event, when it has its own.</param>
    /// <exception cref="RetryLaterException">The lease expired and another process has taken it: what was read is outdated.</exception>
    public Task SaveAsync(Func<T, T> change, CancellationToken cancellationToken, Func<T, LedgerEvent>? what = null) =>
        ReplaceAsync(r => Leased(change(r)), what, cancellationToken);

    /// <summary>Saves a last change and releases the lease; if that fails, the lease expires by itself.</summary>
    public Task ReleaseAsync(Func<T, T> change, CancellationToken cancellationToken) =>
        ReplaceAsync(r => change(r).WithLease(owner: null, until: null), what: null, cancellationToken);

    /// <summary>Takes it; false when the record has changed since it was read.</summary>
    internal async Task<bool> TryTakeAsync(T bounded, CancellationToken cancellationToken)
    {
        if (await _records.ReplaceAsync(_held, Leased(bounded), cancellationToken) is not { } taken)
        {
            return false;
        }

        _held = taken;
        return true;
    }

    private T Leased(T record) => record.WithLease(_token, _timeProvider.GetUtcNow() + _length);

    private async Task ReplaceAsync(Func<T, T> change, Func<T, LedgerEvent>? what, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = change(Value);
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

            var read = await _records.FindAsync(_held.Value.Partition, _held.Value.Row, cancellationToken);
            if (read is null || !string.Equals(read.Value.LeaseOwner, _token, StringComparison.Ordinal))
            {
                throw TakenOver();
            }

            _held = read;
        }
    }

    private RetryLaterException TakenOver() =>
        new($"Another process has taken over the {typeof(T).Name.ToLowerInvariant()} {_held.Value.Row}.", LookAgain);
}
