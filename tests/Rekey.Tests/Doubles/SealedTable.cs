using Rekey.Ledgers;

namespace Rekey.Tests.Doubles;

/// <summary>Records whose hashes stand in the ledger, as somebody sees them who reads them now; and the rows with their contents.</summary>
public sealed class SealedTable<T>(LedgerTable<Seal> seals, MemoryBlobs blobs, TimeProvider clock) where T : class, ISealed
{
    /// <summary>What lies in the table.</summary>
    public MemoryTable<SealedRow> Rows { get; } = new();

    /// <summary>Those of some partitions.</summary>
    public IReadOnlyList<T> In(IEnumerable<string> partitions)
    {
        var ledger = new SegmentedLedger(new MemorySegments(blobs, Fate.Immortal), new(), clock);
        using var reader = new LedgerReader(ledger);
        var records = For(ledger, reader, Fate.Immortal);
        return [.. partitions.SelectMany(p => records.ListAsync(p, default).ToBlockingEnumerable()).Select(r => r.Value)];
    }

    /// <summary>One process's access.</summary>
    public SealedRecords<T> For(ILedger ledger, LedgerReader reader, Fate fate) => new(seals.For(ledger, reader, fate), new MemoryRecords<SealedRow>(Rows, fate));
}
