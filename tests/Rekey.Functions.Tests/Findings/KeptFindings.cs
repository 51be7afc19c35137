using Microsoft.Extensions.Logging;
using Moq;
using Rekey.Findings;
using Rekey.Findings.Record;
using Rekey.Functions.Findings;
using Rekey.Functions.Wire.DeadLetters;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;

namespace Rekey.Functions.Tests.Findings;

/// <summary>Findings over a ledger in memory, as one process has them.</summary>
internal sealed class KeptFindings
{
    private readonly FindingLedger _onRecord;
    private readonly List<string> _log = [];

    public KeptFindings(TimeProvider timeProvider)
    {
        var ledger = new Mock<ILedger>();
        ledger
            .Setup(l => l.AppendAsync(It.IsAny<LedgerEntry>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(
                (LedgerEntry e, CancellationToken _) =>
                {
                    if (Failure is not null)
                    {
                        throw Failure;
                    }

                    // As the real one: what stands there is not recorded again.
                    if (Lines.Find(l => l.Entry.Id == e.Id) is { } standing)
                    {
                        return standing;
                    }

                    Lines.Add(new(Lines.Count + 1, timeProvider.GetUtcNow(), e, Head().Hash));
                    return Lines[^1];
                }
            );
        ledger
            .Setup(l => l.ReadAsync(It.IsAny<long>(), It.IsAny<CancellationToken>()))
            .Returns(
                (long after, CancellationToken _) =>
                    Failure is null ? Lines.Where(l => l.Number > after).ToList().ToAsyncEnumerable() : throw Failure
            );
        ledger.Setup(l => l.HeadAsync(It.IsAny<CancellationToken>())).ReturnsAsync(Head);
        Ledger = ledger.Object;
        _onRecord = new(new(Ledger));
        DeadLetters = new(new(Ledger));
        var log = new Mock<ILogger<LedgeredFindings>>();
        log.Setup(l => l.IsEnabled(It.IsAny<LogLevel>())).Returns(true);
        log.Setup(l =>
                l.Log(
                    It.IsAny<LogLevel>(),
                    It.IsAny<EventId>(),
                    It.IsAny<It.IsAnyType>(),
                    It.IsAny<Exception?>(),
                    It.IsAny<Func<It.IsAnyType, Exception?, string>>()
                )
            )
            .Callback(new InvocationAction(i => _log.Add($"{i.Arguments[0]} {i.Arguments[2]}")));
        Findings = new(Ledger, _onRecord, timeProvider, log.Object);
    }

    /// <summary>What the ledger does instead of reading and writing; null when it works.</summary>
    public Exception? Failure { get; set; }

    public List<LedgerLine> Lines { get; } = [];

    public ILedger Ledger { get; }

    public LedgeredFindings Findings { get; }

    public DeadLetterLedger DeadLetters { get; }

    public FindingLedger OnRecord => _onRecord;

    /// <summary>What went to the log, with its level.</summary>
    public IReadOnlyList<string> Log => _log;

    /// <summary>As a process has them that starts now.</summary>
    public RecordedFindings Recorded => Lines.Aggregate(RecordedFindings.None, (recorded, line) => recorded.With(line));

    public IReadOnlyList<Finding> All => [.. Recorded.All];

    private LedgerHead Head() => Lines.Count == 0 ? LedgerHead.Empty : new(Lines.Count, LedgerChain.Hash(LedgerChain.Format(Lines[^1])));
}
