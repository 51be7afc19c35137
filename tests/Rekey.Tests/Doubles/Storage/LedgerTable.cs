using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Ledgers.Segments;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Doubles.Storage;

/// <summary>Records that stand in the ledger, as somebody sees them who reads it now; and their rows, which decide nothing.</summary>
public sealed class LedgerTable<T>
    where T : class, IRecord
{
    private readonly LedgerRecords<T> _records;
    private readonly string _partition;

    public LedgerTable(MemoryBlobs blobs, TimeProvider timeProvider, string partition)
    {
        _partition = partition;
        var ledger = new SegmentedLedger(new MemorySegments(blobs, Fate.Immortal), new(), timeProvider);
        _records = new(ledger, new(ledger), new MemoryRecords<T>(Rows, Fate.Immortal));
    }

    /// <summary>What lies in the table.</summary>
    public MemoryTable<T> Rows { get; } = new();

    /// <summary>What the log was told of rows that cannot be read.</summary>
    public List<CannotContinueException> Unreadable { get; } = [];

    public IReadOnlyList<T> All => [.. _records.ListAsync(_partition, default).ToBlockingEnumerable().Select(r => r.Value)];

    public T? Find(string row) => _records.FindAsync(_partition, row, default).GetAwaiter().GetResult()?.Value;

    /// <summary>One process's access.</summary>
    public LedgerRecords<T> For(ILedger ledger, LedgerReader reader, Fate fate) =>
        new(ledger, reader, new MemoryRecords<T>(Rows, fate), Unreadable.Add);
}
