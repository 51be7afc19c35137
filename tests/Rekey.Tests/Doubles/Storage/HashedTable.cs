using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Ledgers.Segments;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Doubles.Storage;

/// <summary>Records whose hashes stand in the ledger, as somebody sees them who reads them now; and the rows with their contents.</summary>
public sealed class HashedTable<T>(LedgerTable<RecordHash> seals, MemoryBlobs blobs, TimeProvider timeProvider)
    where T : class, IHashed
{
    /// <summary>What lies in the table.</summary>
    public MemoryTable<HashedRow> Rows { get; } = new();

    /// <summary>Those of some partitions.</summary>
    public IReadOnlyList<T> In(IEnumerable<string> partitions)
    {
        var ledger = new SegmentedLedger(new MemorySegments(blobs, Fate.Immortal), new(), timeProvider);
        using var reader = new LedgerReader(ledger);
        var records = For(ledger, reader, Fate.Immortal);
        return [.. partitions.SelectMany(p => records.ListAsync(p, default).ToBlockingEnumerable()).Select(r => r.Value)];
    }

    /// <summary>One process's access.</summary>
    public HashedRecords<T> For(ILedger ledger, LedgerReader reader, Fate fate) =>
        new(seals.For(ledger, reader, fate), new MemoryRecords<HashedRow>(Rows, fate));
}
