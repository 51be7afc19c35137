using System.Runtime.CompilerServices;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Rekey.Findings;
using Rekey.Functions.Rotations;
using Rekey.Functions.Wire;
using Rekey.Ledgers;
using Rekey.Rotations;

namespace Rekey.Functions.Tests;

/// <summary>A message that failed every time is kept and told, however often keeping it fails.</summary>
public sealed class KeepPoisonedTests(RunningApp app)
{
    private readonly FakeTimeProvider _clock = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly PoisonQueues _queues = new();
    private readonly List<DeadLetter> _letters = [];
    private readonly Dictionary<string, Finding> _findings = new(StringComparer.Ordinal);
    private Exception? _refusal;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("rotations-poison")]
    [InlineData("departures-poison")]
    [InlineData("user-changes-poison")]
    public async Task A_message_in_a_poison_queue_becomes_a_dead_letter_and_a_finding(string queue)
    {
        var client = new QueueClient(app.World.Azurite.ConnectionString, queue);
        await client.CreateIfNotExistsAsync(cancellationToken: Cancel);
        var (id, work) = ($"lost-{Guid.NewGuid():N}", queue[..^"-poison".Length]);
        var text = $$"""{"key":"{{id}}","token":"hush"}""";
        await client.SendMessageAsync(work == "user-changes" ? Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text)) : text,
            Cancel);

        var run = await app.World.Host.TriggerTimerAsync("KeepPoisoned", Cancel);
        Assert.True(run.Succeeded);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while ((await client.GetPropertiesAsync(limit.Token)).Value.ApproximateMessagesCount > 0)
        {
            await Task.Delay(100, limit.Token);
        }

        var letters = new BlobContainerClient(app.World.Azurite.ConnectionString, "deadletters");
        var kept = await letters.GetBlobsAsync(BlobTraits.None, BlobStates.None, "poisoned-message/", Cancel)
            .Select(async (BlobItem b, CancellationToken c) =>
                (await letters.GetBlobClient(b.Name).DownloadContentAsync(c)).Value.Content.ToString())
            .FirstAsync(letter => letter.Contains(id, StringComparison.Ordinal), Cancel);
        Assert.DoesNotContain("hush", kept, StringComparison.Ordinal);
        var found = (await app.Rekey.GetAsync("findings", "Reader", Cancel))!.Value.GetProperty("findings").EnumerateArray()
            .Single(f => f.GetProperty("kind").GetString() == KeepPoisonedFunction.MessageFailed
                && f.GetProperty("about").GetString() == work);
        Assert.Contains($"--queue-name {work} ", found.GetProperty("remedy").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_cannot_be_kept_is_told_and_kept_as_soon_as_it_can_be()
    {
        _queues.Waiting.Add("""{"key":"a"}""");
        _refusal = new CannotContinueException("storage-forbidden", "Storage refuses access to container deadletters.", "Grant the role.");
        for (var tick = 0; tick < 20; tick++)
        {
            await Assert.ThrowsAsync<RetryLaterException>(RunAsync);
            _clock.Advance(TimeSpan.FromHours(1));
        }

        var told = Assert.Single(_findings.Values);
        Assert.Equal((KeepPoisonedFunction.MessageNotKept, Severity.High), (told.Kind, told.Severity));
        Assert.Contains("Grant the role.", told.Remedy, StringComparison.Ordinal);
        Assert.Single(_queues.Waiting);

        _refusal = null;
        await RunAsync();
        Assert.Empty(_queues.Waiting);
        Assert.Equal("""{"key":"a"}""", Assert.Single(_letters).Body);
        Assert.Equal(KeepPoisonedFunction.MessageFailed, Assert.Single(_findings.Values, f => f.ClosedAt is null).Kind);
    }

    [Fact]
    public async Task Storage_that_is_away_for_minutes_is_waited_for_and_longer_is_told()
    {
        _queues.Waiting.Add("""{"key":"a"}""");
        _refusal = new RetryLaterException("Storage did not answer.");
        await Assert.ThrowsAsync<RetryLaterException>(RunAsync);
        Assert.Empty(_findings);
        _clock.Advance(TimeSpan.FromMinutes(15));
        await Assert.ThrowsAsync<RetryLaterException>(RunAsync);
        Assert.Equal(KeepPoisonedFunction.MessageNotKept, Assert.Single(_findings.Values).Kind);
    }

    [Fact]
    public async Task A_day_without_another_closes_the_finding()
    {
        _queues.Waiting.Add("no json");
        await RunAsync();
        _clock.Advance(TimeSpan.FromHours(23));
        await RunAsync();
        Assert.Null(Assert.Single(_findings.Values).ClosedAt);
        _clock.Advance(TimeSpan.FromHours(2));
        await RunAsync();
        Assert.NotNull(Assert.Single(_findings.Values).ClosedAt);
    }

    private Task RunAsync()
    {
        var (letters, ledger, findings, standing) =
            (new Mock<IDeadLetters>(), new Mock<ILedger>(), new Mock<IFindings>(), new Mock<IRecords<Finding>>());
        letters.Setup(l => l.KeepAsync(It.IsAny<DeadLetter>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((DeadLetter letter, CancellationToken _) =>
        {
            _letters.Add(_refusal is null ? letter : throw _refusal);
            return "poisoned-message/1";
        });
        findings.Setup(f => f.RaiseAsync(It.IsAny<Finding>(), It.IsAny<CancellationToken>()))
            .Callback((Finding f, CancellationToken _) => _findings[f.Id] = f).Returns(Task.CompletedTask);
        findings.Setup(f => f.CloseAsync(It.IsAny<string>(), It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .Callback((string id, string _, CancellationToken _) =>
        {
            if (_findings.TryGetValue(id, out var open))
            {
                _findings[id] = open with { ClosedAt = _clock.GetUtcNow() };
            }
        }).Returns(Task.CompletedTask);
        standing.Setup(s => s.FindAsync("finding", It.IsAny<string>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((string _, string id, CancellationToken _) => _findings.TryGetValue(id, out var open)
                ? new Versioned<Finding>(open, "1") : null);
        _queues.Since ??= _clock.GetUtcNow();
        var keep = new KeepDeadLetter(letters.Object, ledger.Object, _clock, NullLogger<KeepDeadLetter>.Instance);
        var function = new KeepPoisonedFunction(
            _queues, keep, findings.Object, new(findings.Object, standing.Object, _clock), standing.Object, _clock,
            new(keep, new(), NullLogger<RunTrigger>.Instance));
        return function.RunAsync("{}", Cancel);
    }

    private sealed class PoisonQueues : IPoisonQueues
    {
        public List<string> Waiting { get; } = [];

        public DateTimeOffset? Since { get; set; }

        public IReadOnlyList<string> WorkQueues { get; } = ["departures", "rotations", "sweeps", "user-changes"];

        public async IAsyncEnumerable<PoisonedMessage> TakeAsync([EnumeratorCancellation] CancellationToken cancel)
        {
            await Task.CompletedTask;
            foreach (var text in Waiting.ToList())
            {
                yield return new("rotations", "rotations-poison", text, "receipt", text, Since!.Value);
            }
        }

        public Task RemoveAsync(PoisonedMessage message, CancellationToken cancel)
        {
            Waiting.Remove(message.Id);
            return Task.CompletedTask;
        }
    }
}
