using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Rekey.Core;
using Rekey.Departures.Directory;
using Rekey.Departures.Feed;
using Rekey.Findings;
using Rekey.Functions.Departures.Feed;
using Rekey.Functions.Tests.Findings;
using Rekey.Functions.Wire.DeadLetters;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Messaging;

namespace Rekey.Functions.Tests.Departures;

/// <summary>What Event Grid could not deliver is taken up once: an event goes to the queue, the rest is a dead letter of Rekey.</summary>
public sealed class TakeUpEventDeadLettersTests
{
    private readonly FakeTimeProvider _clock = new(new(2027, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly List<(EventDeadLetterFile File, string Text)> _files = [];
    private readonly List<string> _queued = [];
    private readonly List<DeadLetter> _letters = [];
    private readonly KeptFindings _kept;
    private readonly Mock<IUserChangeQueue> _queue = new();
    private readonly Mock<IEventDeadLetters> _store = new();

    public TakeUpEventDeadLettersTests()
    {
        _kept = new(_clock);
        _queue
            .Setup(q => q.PutBackAsync(It.IsAny<string>(), TimeSpan.Zero, It.IsAny<CancellationToken>()))
            .Callback((string text, TimeSpan _, CancellationToken _) => _queued.Add(text))
            .Returns(Task.CompletedTask);
        _store
            .Setup(s =>
                s.ListAsync(It.IsAny<EventDeadLetterCursor>(), It.IsAny<DateTimeOffset>(), It.IsAny<int>(), It.IsAny<CancellationToken>())
            )
            .ReturnsAsync(
                (EventDeadLetterCursor after, DateTimeOffset until, int most, CancellationToken _) =>
                    [
                        .. _files
                            .Select(f => f.File)
                            .Where(f => after.IsBefore(f) && f.WrittenAt <= until)
                            .Order(Comparer<EventDeadLetterFile>.Create(EventDeadLetterCursor.Compare))
                            .Take(most),
                    ]
            );
        _store
            .Setup(s => s.ReadAsync(It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(
                (string name, CancellationToken _) =>
                    (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(_files.Single(f => f.File.Name == name).Text)
            );
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_event_goes_to_the_queue_once_and_the_channel_is_named()
    {
        Write(0, $"[{Event(1)},{Event(2)}]");
        Write(0, Event(3));
        await RunAsync();
        Write(5, $"[{Event(4)}]");
        await RunAsync();
        await RunAsync();

        Assert.Equal([1, 2, 3, 4], _queued.Select(q => JsonNode.Parse(q)!["n"]!.GetValue<int>()).Order());
        var finding = Assert.Single(_kept.Recorded.Open);
        Assert.Equal(
            (FindingKinds.UserChangesDeadLettered, "user-changes", Severity.High),
            (finding.Kind, finding.About, finding.Severity)
        );
        Assert.Equal("event-dead-letters", finding.Evidence["container"]);
        Assert.Equal("MaxDeliveryAttemptsExceeded", finding.Evidence["reasons"]);
        Assert.Empty(_letters);
        Assert.Equal(3, _kept.Lines.Count(l => l.Entry.Kind == LedgerKinds.EventDeadLettersTaken));
    }

    [Theory]
    [InlineData("no JSON at all", "unreadable-file", 0)]
    [InlineData("", "unreadable-file", 0)]
    [InlineData("[1]", "not-a-cloud-event", 0)]
    [InlineData("[{\"n\":1},[{\"n\":2}],{\"n\":3}]", "not-a-cloud-event", 2)]
    [InlineData("LONG", "too-large", 1)]
    public async Task What_is_no_event_is_kept_with_its_reason_and_holds_up_nothing(string text, string reason, int events)
    {
        Write(0, text == "LONG" ? $"[{{\"n\":\"{new string('x', 30_000)}\"}},{Event(1)}]" : text);
        Write(1, Event(9));
        await RunAsync();
        Assert.Equal(reason, Assert.Single(_letters).Reason);
        Assert.Equal(events + 1, _queued.Count);
        Assert.Contains("rekey departures report", _kept.All[0].Remedy, StringComparison.Ordinal);
        await RunAsync();
        Assert.Single(_letters);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_process_that_dies_takes_up_the_same_file_again(bool ledgerFails)
    {
        Write(0, $"[{Event(1)},{Event(2)}]");
        if (ledgerFails)
        {
            _queue
                .Setup(q => q.PutBackAsync(It.Is<string>(t => t.Contains("\"n\":2")), TimeSpan.Zero, It.IsAny<CancellationToken>()))
                .Callback(() =>
                {
                    _queued.Add(Event(2));
                    _kept.Failure = new RetryLaterException("The ledger is silent.");
                })
                .Returns(Task.CompletedTask);
        }
        else
        {
            _queue
                .SetupSequence(q => q.PutBackAsync(It.Is<string>(t => t.Contains("\"n\":2")), TimeSpan.Zero, It.IsAny<CancellationToken>()))
                .ThrowsAsync(new RetryLaterException("The queue is silent."))
                .Returns(Task.CompletedTask);
        }

        await Assert.ThrowsAsync<RetryLaterException>(RunAsync);
        _kept.Failure = null;
        _queue
            .Setup(q => q.PutBackAsync(It.IsAny<string>(), TimeSpan.Zero, It.IsAny<CancellationToken>()))
            .Callback((string text, TimeSpan _, CancellationToken _) => _queued.Add(text))
            .Returns(Task.CompletedTask);
        await RunAsync();
        Assert.Equal([Event(1), Event(2)], _queued.Distinct(StringComparer.Ordinal));
        Assert.Equal(1, _kept.Lines.Count(l => l.Entry.Kind == LedgerKinds.EventDeadLettersTaken));
    }

    [Fact]
    public async Task A_file_of_this_minute_waits_for_others_of_the_same_second()
    {
        _files.Add((new("USER-CHANGES/b.json", _clock.GetUtcNow()), Event(1)));
        await RunAsync(TimeSpan.Zero);
        Assert.Empty(_queued);
        _files.Add((new("USER-CHANGES/a.json", _files[0].File.WrittenAt), Event(2)));
        await RunAsync();
        Assert.Equal(2, _queued.Count);
    }

    [Fact]
    public async Task A_run_is_bounded_and_the_next_ones_do_the_rest()
    {
        for (var file = 0; file < TakeUpEventDeadLetters.MostFiles + 5; file++)
        {
            Write(file % 3, Event(file));
        }

        _clock.Advance(TimeSpan.FromMinutes(5));
        await RunAsync();
        Assert.Equal(TakeUpEventDeadLetters.MostFiles, _queued.Count);
        await RunAsync();
        Assert.Equal(TakeUpEventDeadLetters.MostFiles + 5, _queued.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task The_finding_closes_after_a_day_without_another()
    {
        Write(0, Event(1));
        await RunAsync();
        await RunAsync(TimeSpan.FromHours(23));
        Assert.Single(_kept.Recorded.Open);
        await RunAsync(TimeSpan.FromHours(1));
        Assert.Empty(_kept.Recorded.Open);
    }

    private static string Event(int number) =>
        $$"""{"specversion":"1.0","n":{{number}},"deadletterreason":"MaxDeliveryAttemptsExceeded","deliveryattempts":30}""";

    private void Write(int seconds, string text) =>
        _files.Add((new($"USER-CHANGES/2027/3/1/12/{Guid.NewGuid()}.json", _clock.GetUtcNow().AddSeconds(seconds)), text));

    private Task RunAsync() => RunAsync(TimeSpan.FromMinutes(5));

    /// <summary>A process that starts now runs the timer after some time.</summary>
    private Task RunAsync(TimeSpan after)
    {
        _clock.Advance(after);
        var letterStore = new Mock<IDeadLetters>();
        letterStore
            .Setup(l => l.KeepAsync(It.IsAny<DeadLetter>(), It.IsAny<CancellationToken>()))
            .Callback((DeadLetter letter, CancellationToken _) => _letters.Add(letter))
            .ReturnsAsync("letter/1");
        return new TakeUpEventDeadLetters(
            _store.Object,
            new LedgerRecords<EventDeadLetterCursor>(_kept.Ledger, new(_kept.Ledger), rows: null),
            _queue.Object,
            new(letterStore.Object, _kept.Ledger, _kept.DeadLetters, _kept.Findings, _clock, NullLogger<KeepDeadLetter>.Instance),
            _kept.Findings,
            _kept.OnRecord,
            _clock
        ).RunAsync(Cancel);
    }
}
