using Rekey.Departures;
using Rekey.Departures.Feed;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Ledgers.Segments;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Queues;
using Rekey.Tests.Doubles.Storage;

namespace Rekey.Tests.Departures.Feed;

/// <summary>A tenant with a ledger and Graph, and processes that keep the Graph subscription.</summary>
public sealed class FeedWorld
{
    public const string Topic =
        "/subscriptions/99999999-1111-4222-8333-444444444444/resourceGroups/rg-rekey-test"
        + "/providers/Microsoft.EventGrid/partnerTopics/pt-users";

    private readonly LedgerRecords<FeedSubscription> _onRecord;

    public FeedWorld()
    {
        Graph = new(Clock);
        var (ledger, reader) = Ledger(Fate.Immortal);
        _onRecord = new(ledger, reader, rows: null);
    }

    public QuickClock Clock { get; } = new(new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero));

    public FakeSubscriptions Graph { get; }

    public MemoryBlobs Blobs { get; } = new();

    public MemoryFindings Findings { get; } = new();

    public DepartureOptions Options { get; } =
        new()
        {
            ClientState = "a secret of the tests",
            Feed = new() { PartnerTopicId = Topic, Location = "westeurope" },
        };

    public DateTimeOffset Now => Clock.GetUtcNow();

    public FeedOptions Feed => Options.Feed;

    /// <summary>What the ledger has.</summary>
    public FeedSubscription? OnRecord => _onRecord.FindAsync(FeedSubscription.Feed, "users", default).GetAwaiter().GetResult()?.Value;

    public IReadOnlyList<LedgerLine> Lines => [.. Ledger(Fate.Immortal).Ledger.ReadAsync(0, default).ToBlockingEnumerable()];

    public bool IsOpen(string kind, Severity severity) => Findings.Open.Any(f => f.Kind == kind && f.Severity == severity);

    public FeedProcess NewProcess(Fate? fate = null)
    {
        fate ??= Fate.Immortal;
        var (ledger, reader) = Ledger(fate);
        var records = new LedgerRecords<FeedSubscription>(ledger, reader, rows: null);
        var (runs, findings) = (new RunLedger(ledger, reader, Clock), Findings.For(fate));
        return new(new(Graph.For(fate), records, runs, findings, Options, Clock), new(records, runs, Options, findings, Clock), runs);
    }

    /// <summary>Records that a file of undelivered events was taken up.</summary>
    public async Task TakeUpAsync(EventDeadLetterCursor cursor)
    {
        var (ledger, reader) = Ledger(Fate.Immortal);
        var records = new LedgerRecords<EventDeadLetterCursor>(ledger, reader, rows: null);
        Assert.NotNull(await records.InsertAsync(cursor, EventDeadLetterCursor.Taken(1, 2, 3), default));
    }

    private (SegmentedLedger Ledger, LedgerReader Reader) Ledger(Fate fate)
    {
        var ledger = new SegmentedLedger(new MemorySegments(Blobs, fate), new(), Clock);
        return (ledger, new(ledger));
    }
}
