using System.Text.Json.Nodes;
using Moq;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Ledgers;

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
        await process.Ledger.AppendAsync(new("version-requested/1", LedgerKinds.VersionRequested, "key", new Dictionary<string, string>(StringComparer.Ordinal)), default);
        Assert.Equal(0, await Forward(process).RunAsync(default));
        Assert.Empty(_sent);
    }

    [Fact]
    public async Task A_topic_out_of_reach_loses_nothing()
    {
        var process = _company.NewProcess();
        await WriteAsync(process, 120);
        var batches = 0;
        await Assert.ThrowsAsync<RetryLaterException>(() => Forward(process, () => ++batches == 2 ? throw new RetryLaterException("No topic.") : true).RunAsync(default));
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

    private static async Task WriteAsync(Process process, int lines, int from = 0)
    {
        for (var n = from; n < from + lines; n++)
        {
            await process.Ledger.AppendAsync(new($"rotation-verified/{n}", LedgerKinds.RotationVerified, "key", new Dictionary<string, string>(StringComparer.Ordinal) { ["n"] = $"{n}" }), default);
        }
    }

    private ForwardLedger Forward(Process process, Func<bool>? goesOut = null, Fate? fate = null)
    {
        var events = new Mock<IEventPublisher>();
        events.Setup(e => e.Enabled).Returns(true);
        events.Setup(e => e.PublishAsync(It.IsAny<IReadOnlyList<OutgoingEvent>>(), It.IsAny<CancellationToken>())).Returns((IReadOnlyList<OutgoingEvent> batch, CancellationToken _) => (fate ?? Fate.Immortal).DoAsync("send", () =>
        {
            if (goesOut?.Invoke() ?? true)
            {
                _sent.AddRange(batch);
            }

            return Task.CompletedTask;
        }));
        return new(process.Ledger, new MemoryRecords<LedgerCursor>(_cursors, fate ?? Fate.Immortal), events.Object, Mock.Of<IEventData>(d => d.Of(It.IsAny<LedgerLine>()) == (JsonObject?)null));
    }
}
