using System.Text.Json.Nodes;
using Moq;
using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Messaging;
using Rekey.Notifications;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;

namespace Rekey.Tests.Notifications;

/// <summary>What the ledger says reaches subscribers: each line at least once, under one id, whatever happens on the way.</summary>
public sealed class ForwardLedgerTests
{
    private readonly Company _company = Company.Found();
    private readonly MemoryTable<LedgerCursor> _cursors = new();
    private readonly List<OutgoingEvent> _sent = [];

    [Fact]
    public async Task Each_line_that_subscribers_care_for_is_sent_once_in_order()
    {
        var process = _company.NewProcess();
        await WriteAsync(process, 250);
        Assert.Equal(250, await Forward(process).RunAsync(default));
        Assert.Equal(Enumerable.Range(0, 250).Select(n => $"{n}"), _sent.Select(e => e.Data["n"]!.GetValue<string>()));
        Assert.All(_sent, e => Assert.Equal("Rekey.KeyRotated", e.Type));
        Assert.Equal(_sent.Count, _sent.Select(e => e.Id).Distinct().Count());

        Assert.Equal(0, await Forward(process).RunAsync(default));
        await WriteAsync(process, 1, from: 250);
        Assert.Equal(1, await Forward(process).RunAsync(default));
    }

    [Fact]
    public async Task What_is_nobodys_business_is_passed_over()
    {
        var process = _company.NewProcess();
        await process.Ledger.AppendAsync(
            new("version-requested/1", LedgerKinds.VersionRequested, "key", new Dictionary<string, string>(StringComparer.Ordinal)),
            default
        );
        Assert.Equal(0, await Forward(process).RunAsync(default));
        Assert.Empty(_sent);
    }

    [Fact]
    public async Task A_topic_out_of_reach_loses_nothing()
    {
        var process = _company.NewProcess();
        await WriteAsync(process, 120);
        var batches = 0;
        await Assert.ThrowsAsync<RetryLaterException>(() =>
            Forward(process, () => ++batches == 2 ? throw new RetryLaterException("No topic.") : true).RunAsync(default)
        );
        Assert.Equal(100, _sent.Count);
        Assert.Equal(20, await Forward(process).RunAsync(default));
        Assert.Equal(120, _sent.Select(e => e.Id).Distinct().Count());
    }

    [Fact]
    public async Task Killed_anywhere_every_line_is_sent_and_a_resend_bears_the_same_id()
    {
        await WriteAsync(_company.NewProcess(), 130);
        for (var effect = 1; effect <= 4; effect++)
        {
            foreach (var after in new[] { false, true })
            {
                _sent.Clear();
                _cursors.Tamper(_ => null);
                try
                {
                    await Forward(_company.NewProcess(), fate: new DiesAt(effect, after)).RunAsync(default);
                }
                catch (ProcessDiedException)
                {
                    // The next one goes on.
                }

                await Forward(_company.NewProcess()).RunAsync(default);
                Assert.Equal(130, _sent.DistinctBy(e => e.Id).Count());
                Assert.Equal(130, _sent.Select(e => (e.Id, Of: e.Data["n"]!.GetValue<string>())).Distinct().Count());
            }
        }
    }

    /// <summary>The head is the last line that was read for the batch, by count and hash.</summary>
    [Fact]
    public async Task Every_event_says_how_long_the_ledger_is()
    {
        var process = _company.NewProcess();
        await WriteAsync(process, 130);
        var none = new Dictionary<string, string>(StringComparer.Ordinal);
        await process.Ledger.AppendAsync(new("nobody's business", LedgerKinds.VersionRequested, "key", none), default);
        await Forward(process).RunAsync(default);

        var ledger = _company.VerifiedLedger();
        Assert.All(_sent, e => Assert.Equal(LedgerChain.Hash(LedgerChain.Format(ledger[(int)e.Head.Lines - 1])), e.Head.Hash));
        Assert.All(_sent, e => Assert.True(e.Head.Lines >= long.Parse(e.Id, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(ledger.Count, _sent[^1].Head.Lines);
    }

    /// <summary>
    /// Whoever can write to the table cannot silence an event: ahead of the ledger, in the middle of it, before its start, without a
    /// hash.
    /// </summary>
    [Theory]
    [InlineData(1000, false)]
    [InlineData(131, false)]
    [InlineData(60, false)]
    [InlineData(-1, false)]
    [InlineData(1000, true)]
    [InlineData(60, true)]
    public async Task A_planted_cursor_silences_nothing_and_is_told(long planted, bool afresh)
    {
        var process = _company.NewProcess();
        await WriteAsync(process, 50);
        var forward = Forward(process);
        await forward.RunAsync(default);
        _sent.Clear();
        await WriteAsync(process, 80, from: 50);
        _cursors.Tamper(c => c with { Sent = planted });

        await (afresh ? Forward(_company.NewProcess()) : forward).RunAsync(default);
        var expected = Enumerable.Range(afresh ? 0 : 50, afresh ? 130 : 80).Select(n => $"{n}");
        Assert.Equal(expected, _sent.Select(e => e.Data["n"]!.GetValue<string>()));
        var told = Assert.Single(_company.Findings.ById.Values, f => f.Kind == "events-cursor-refused");
        Assert.Contains($"{planted}", told.Title, StringComparison.Ordinal);

        _sent.Clear();
        Assert.Equal(0, await Forward(_company.NewProcess()).RunAsync(default));
    }

    [Fact]
    public async Task Behind_a_ledger_that_was_cut_sending_goes_on()
    {
        var process = _company.NewProcess();
        await WriteAsync(process, 10);
        await Forward(process).RunAsync(default);
        var bytes = _company.Blobs.Segments[0].Bytes;
        bytes.RemoveRange(bytes.Count / 2, bytes.Count - (bytes.Count / 2));
        bytes.RemoveRange(bytes.LastIndexOf((byte)'\n') + 1, bytes.Count - bytes.LastIndexOf((byte)'\n') - 1);
        var left = _company.VerifiedLedger().Count - 1;
        _sent.Clear();

        var fresh = _company.NewProcess();
        await WriteAsync(fresh, 1, from: 500);
        await Forward(fresh).RunAsync(default);
        Assert.Equal(left + 1, _sent.Count);
        Assert.Equal("500", _sent[^1].Data["n"]!.GetValue<string>());
        Assert.Contains("events-cursor-refused", _company.Findings.Kinds);
    }

    [Fact]
    public async Task While_nothing_is_new_the_ledger_is_asked_once()
    {
        var process = _company.NewProcess();
        await WriteAsync(process, 10);
        var forward = Forward(process);
        await forward.RunAsync(default);
        process.Segments.Reads.Clear();
        Assert.Equal(0, await forward.RunAsync(default));
        Assert.Single(process.Segments.Reads);
    }

    private static async Task WriteAsync(Process process, int lines, int from = 0)
    {
        for (var n = from; n < from + lines; n++)
        {
            await process.Ledger.AppendAsync(
                new(
                    $"rotation-verified/{n}",
                    LedgerKinds.RotationVerified,
                    "key",
                    new Dictionary<string, string>(StringComparer.Ordinal) { ["n"] = $"{n}" }
                ),
                default
            );
        }
    }

    private ForwardLedger Forward(Process process, Func<bool>? goesOut = null, Fate? fate = null)
    {
        var events = new Mock<IEventPublisher>();
        events.Setup(e => e.Enabled).Returns(true);
        events
            .Setup(e => e.PublishAsync(It.IsAny<IReadOnlyList<OutgoingEvent>>(), It.IsAny<CancellationToken>()))
            .Returns((IReadOnlyList<OutgoingEvent> batch, CancellationToken _) => (fate ?? Fate.Immortal).DoAsync("send", () =>
                    {
                        if (goesOut?.Invoke() ?? true)
                        {
                            _sent.AddRange(batch);
                        }

                        return Task.CompletedTask;
                    }));
        return new(
            process.Ledger,
            new MemoryRecords<LedgerCursor>(_cursors, fate ?? Fate.Immortal),
            events.Object,
            Mock.Of<IEventData>(d => d.Of(It.IsAny<LedgerLine>()) == (JsonObject?)null),
            _company.Findings.For(Fate.Immortal),
            _company.Clock
        );
    }
}
