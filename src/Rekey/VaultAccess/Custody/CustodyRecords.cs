using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Findings;
using Rekey.Ledgers.Records;
using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Custody;

/// <summary>Keeps who held the keys of each vault, so that a right that was removed still counts for the versions of its time.</summary>
/// <remarks>It is kept when a sweep sees a new holder, and otherwise once a day. May be repeated.</remarks>
public sealed class CustodyRecords(IHashedRecords<CustodyRecord> records, IFindings findings, TimeProvider timeProvider)
{
    /// <summary>How long a holder is kept after the right was last seen.</summary>
    /// <remarks>400 days: longer than the year that key versions and vault logs are usually kept.</remarks>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    /// <summary>How long a record without news is left as it is.</summary>
    private static readonly TimeSpan Night = TimeSpan.FromDays(1);

    /// <summary>Adds what a sweep read. A part that could not be read removes no one.</summary>
    public async Task KeepAsync(VaultReading reading, CancellationToken cancellationToken)
    {
        if (reading.Vault is null)
        {
            return;
        }

        var (holders, readAt) = (KeyHolder.Of(reading), reading.ReadAt);
        var read = await FindAsync(reading.VaultId, cancellationToken);
        var known = (read?.Value.Holders ?? []).ToDictionary(h => h.Holder);
        if (read is null ? holders.Count == 0 : holders.All(known.ContainsKey) && read.Value.KeptAt > readAt - Night)
        {
            return;
        }

        foreach (var holder in holders)
        {
            known[holder] = known.TryGetValue(holder, out var was) ? was with { Last = readAt } : new(holder, readAt, readAt);
        }

        var record = new CustodyRecord(reading.VaultId, readAt)
        {
            Holders =
            [
                .. known
                    .Values.Where(h => h.Last > readAt - Kept)
                    .OrderByDescending(h => h.Last)
                    .ThenByDescending(h => h.First)
                    .Take(CustodyRecord.MaxHolders),
            ],
        };
        _ = (
            read is null
                ? await records.InsertAsync(record, cancellationToken)
                : await records.ReplaceAsync(read, record, cancellationToken)
        ) ?? throw new RetryLaterException("Another process keeps this custody record.", TimeSpan.FromSeconds(5));
    }

    /// <summary>The recorded holders of a vault.</summary>
    /// <exception cref="CannotContinueException">The record was deleted or altered.</exception>
    public async Task<IReadOnlyList<RecordedHolder>> ReadAsync(string vaultId, CancellationToken cancellationToken) =>
        (await records.FindAsync(CustodyRecord.PartitionOf(vaultId), CustodyRecord.OnlyRow, cancellationToken))?.Value.Holders ?? [];

    /// <summary>The record; null when there is none. A lost one is reported, and a new one begins.</summary>
    private async Task<Versioned<CustodyRecord>?> FindAsync(string vaultId, CancellationToken cancellationToken)
    {
        var (partition, row) = (CustodyRecord.PartitionOf(vaultId), CustodyRecord.OnlyRow);
        if (await records.LostSinceAsync(partition, row, cancellationToken) is { } since)
        {
            var now = timeProvider.GetUtcNow();
            await findings.RaiseAsync(
                new(
                    FindingKinds.CustodyUnreadable,
                    vaultId,
                    Severity.High,
                    $"The custody record of {vaultId} was deleted or altered: who held its keys since {since:u}, and no longer "
                        + "does, is not known.",
                    "Find who can write to the container snapshots of the evidence account. Name the keys yourself when you report a "
                        + "departure of the next weeks.",
                    new Dictionary<string, string>(StringComparer.Ordinal) { ["vault"] = vaultId },
                    now,
                    now
                ),
                cancellationToken
            );
            await records.GiveUpAsync(partition, row, cancellationToken);
        }

        return await records.FindAsync(partition, row, cancellationToken);
    }
}
