using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Rekey.Findings;
using Rekey.Functions.Findings;
using Rekey.Ledgers;

namespace Rekey.Functions.Tests;

/// <summary>One finding's row and a ledger, both in memory and open to whoever can write to them.</summary>
internal sealed class KeptFinding
{
    public KeptFinding(string id)
    {
        var (table, ledger) = (new Mock<IRecords<Finding>>(), new Mock<ILedger>());
        table.Setup(t => t.FindAsync("finding", id, It.IsAny<CancellationToken>()))
            .ReturnsAsync(() => Refusal is null ? Row : throw Refusal);
        table.Setup(t => t.InsertAsync(It.IsAny<Finding>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((Finding f, CancellationToken _) => Row = new(f, "1"));
        table.Setup(t => t.ReplaceAsync(It.IsAny<Versioned<Finding>>(), It.IsAny<Finding>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((Versioned<Finding> _, Finding f, CancellationToken _) => Row = new(f, "1"));
        ledger.Setup(l => l.AppendAsync(It.IsAny<LedgerEntry>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((LedgerEntry e, CancellationToken _) =>
        {
            // As the real one: what stands there is not recorded again.
            if (Lines.Find(l => l.Entry.Id == e.Id) is { } standing)
            {
                return standing;
            }

            Lines.Add(new(Lines.Count + 1, DateTimeOffset.UnixEpoch, e, Head.Hash));
            return Lines[^1];
        });
        ledger.Setup(l => l.ReadAsync(It.IsAny<long>(), It.IsAny<CancellationToken>()))
            .Returns((long after, CancellationToken _) => Lines.Where(l => l.Number > after).ToList().ToAsyncEnumerable());
        ledger.Setup(l => l.HeadAsync(It.IsAny<CancellationToken>())).ReturnsAsync(() => Head);
        Ledger = ledger.Object;
        Findings = new(table.Object, Ledger, new(new(Ledger)), TimeProvider.System, NullLogger<LedgeredFindings>.Instance);
    }

    public Versioned<Finding>? Row { get; set; }

    /// <summary>What reading the row ends with; null when it can be read.</summary>
    public CannotContinueException? Refusal { get; set; }

    public List<LedgerLine> Lines { get; } = [];

    public ILedger Ledger { get; }

    private LedgerHead Head => Lines is [.., var last] ? new(last.Number, LedgerChain.Hash(LedgerChain.Format(last))) : LedgerHead.Empty;

    public LedgeredFindings Findings { get; }
}
