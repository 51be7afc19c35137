using System.Globalization;
using System.Security.Cryptography;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Departures.Reconciling.Sources;
using Rekey.Findings;
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
    IFindings findings,
    DepartureOptions options,
    TimeProvider timeProvider
)
{
    private (string Sha256, KnownAccounts Known)? _last;

    /// <summary>Reads what is known. Reports when the file that the ledger names is lost; then nothing is known.</summary>
    public async Task<KnownAccounts> ReadAsync(CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken) is not { } read)
        {
            return new();
        }

        // A pass without changes saves nothing: the next one goes on from the newer link that this process has.
        if (_last is { } last && last.Sha256 == read.Value.Sha256)
        {
            return last.Known;
        }

        var bytes = await snapshots.ReadAsync(read.Value.Sha256, cancellationToken);
        if (HashOf(bytes.Span) != read.Value.Sha256)
        {
            await ReportLossAsync(cancellationToken);
            return new();
        }

        var known = KnownAccounts.Read(bytes.Span);
        _last = (read.Value.Sha256, known);
        return known;
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

    private Task ReportLossAsync(CancellationToken cancellationToken) =>
        findings.RaiseAsync(
            new(
                FindingKinds.AccountsFileLost,
                options.TenantId,
                Severity.High,
                "The file with the closed accounts is gone or altered. Rekey reads all accounts again, and cannot see which were "
                    + "closed since the last run, except by the audit logs.",
                "Check who can write to the container snapshots of the evidence account. Compare the leavers of the last days with "
                    + "GET /departures, and report the missing ones to POST /departures.",
                Facts.Of(("tenant", options.TenantId)),
                timeProvider.GetUtcNow(),
                timeProvider.GetUtcNow()
            ),
            cancellationToken
        );

    private Task<Versioned<ReconciledAccounts>?> FindAsync(CancellationToken cancellationToken) =>
        records.FindAsync(ReconciledAccounts.Place, options.TenantId.ToLowerInvariant(), cancellationToken);

    private static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
