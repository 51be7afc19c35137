using System.Globalization;
using System.Security.Cryptography;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Departures.Reconciling.Sources;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;

namespace Rekey.Departures.Reconciling;

/// <summary>
/// Reads and saves what reconciliation knows. The ledger has the hash of the file, so that a file which was altered, or put back from an
/// earlier time, is ignored.
/// </summary>
public sealed class KeepAccounts(
    ILedgerRecords<ReconciledAccounts> records,
    IAccountSnapshots snapshots,
    DepartureOptions options,
    TimeProvider timeProvider
)
{
    private (string Sha256, KnownAccounts Known)? _last;

    /// <summary>Reads what is known.</summary>
    /// <returns>Whether the file that the ledger names is lost; then nothing is known.</returns>
    public async Task<(KnownAccounts Known, bool IsLost)> ReadAsync(CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken) is not { } read)
        {
            return (new(), false);
        }

        // A pass without changes saves nothing: the next one goes on from the newer link that this process has.
        if (_last is { } last && last.Sha256 == read.Value.Sha256)
        {
            return (last.Known, false);
        }

        var bytes = await snapshots.ReadAsync(read.Value.Sha256, cancellationToken);
        if (HashOf(bytes.Span) != read.Value.Sha256)
        {
            return (new(), true);
        }

        var known = KnownAccounts.Read(bytes.Span);
        _last = (read.Value.Sha256, known);
        return (known, false);
    }

    /// <summary>Saves what is known: the file first, then its hash.</summary>
    /// <exception cref="RetryLaterException">Another process saved at the same time.</exception>
    public async Task SaveAsync(KnownAccounts known, CancellationToken cancellationToken)
    {
        _last = null;
        known.SavedAt = timeProvider.GetUtcNow();
        var bytes = known.ToBytes();
        var value = new ReconciledAccounts(options.TenantId.ToLowerInvariant(), HashOf(bytes));
        await snapshots.KeepAsync(value.Sha256, bytes, cancellationToken);
        var what = new LedgerEvent(
            LedgerKinds.AccountsReconciled,
            value.TenantId,
            Facts.Of(
                ("stage", known.Stage.ToString()),
                ("closed", known.Closed.Count.ToString(CultureInfo.InvariantCulture)),
                ("unread", known.ToRead.Count.ToString(CultureInfo.InvariantCulture))
            )
        );
        var saved = await FindAsync(cancellationToken) is { } read
            ? await records.ReplaceAsync(read, value, what, cancellationToken)
            : await records.InsertAsync(value, what, cancellationToken);
        if (saved is null)
        {
            throw new RetryLaterException("Another process reconciled departures at the same time.");
        }

        (_last, known.IsChanged) = ((value.Sha256, known), false);
        await snapshots.RemoveOthersAsync(value.Sha256, cancellationToken);
    }

    /// <summary>Forgets what this process has read, because a failed run may have changed it.</summary>
    public void Forget() => _last = null;

    private Task<Versioned<ReconciledAccounts>?> FindAsync(CancellationToken cancellationToken) =>
        records.FindAsync(ReconciledAccounts.Place, options.TenantId.ToLowerInvariant(), cancellationToken);

    private static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
