using System.Runtime.CompilerServices;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Rekey.Core;
using Rekey.Departures.Directory;
using Rekey.Findings;
using Rekey.Functions.Departures.Feed;
using Rekey.Functions.Rotations;
using Rekey.Functions.Tests.Findings;
using Rekey.Functions.Tests.Hosting;
using Rekey.Functions.Wire;
using Rekey.Functions.Wire.DeadLetters;
using Rekey.Ledgers;
using Rekey.Messaging;

namespace Rekey.Functions.Tests.Wire.DeadLetters;

/// <summary>A message that failed every time is kept and told, however often keeping it fails.</summary>
public sealed class KeepPoisonedTests
{
    private readonly RunningApp _app;
    private readonly FakeTimeProvider _clock = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly PoisonQueues _queues = new();
    private readonly List<DeadLetter> _letters = [];
    private readonly KeptFindings _kept;
    private Exception? _refusal;
    private int _tries;

    public KeepPoisonedTests(RunningApp app) => (_app, _kept) = (app, new(_clock));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("rotations-poison")]
    [InlineData("departures-poison")]
    [InlineData("user-changes-poison")]
    public async Task A_message_in_a_poison_queue_becomes_a_dead_letter_and_a_finding(string queue)
    {
        var client = new QueueClient(queue == "user-changes-poison" ? _app.World.EvidenceConnection : _app.World.StateConnection, queue);
        await client.CreateIfNotExistsAsync(cancellationToken: Cancel);
        var (id, work) = ($"elsewhere.example/lost-{Guid.NewGuid():N}", queue[..^"-poison".Length]);
        var text = $$"""{"key":"{{id}}","token":"hush"}""";
        await client.SendMessageAsync(
            work == "user-changes" ? Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text)) : text,
            Cancel
        );

        var run = await _app.World.Host.TriggerTimerAsync("KeepPoisoned", Cancel);
        Assert.True(run.Succeeded);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while ((await client.GetPropertiesAsync(limit.Token)).Value.ApproximateMessagesCount > 0)
        {
            await Task.Delay(100, limit.Token);
        }

        var letters = new BlobContainerClient(_app.World.EvidenceConnection, "deadletters");
        var kept = await letters
            .GetBlobsAsync(BlobTraits.None, BlobStates.None, "poisoned-message/", Cancel)
            .Select(
                async (BlobItem b, CancellationToken c) =>
                    (await letters.GetBlobClient(b.Name).DownloadContentAsync(c)).Value.Content.ToString()
            )
            .FirstAsync(letter => letter.Contains(id, StringComparison.Ordinal), Cancel);
        Assert.DoesNotContain("hush", kept, StringComparison.Ordinal);
        var found = (await _app.Rekey.GetAsync("findings", "Reader", Cancel))!
            .Value.GetProperty("findings")
            .EnumerateArray()
            .Single(f => f.GetProperty("kind").GetString() == FindingKinds.MessageFailed && f.GetProperty("about").GetString() == work);
        Assert.Contains(
            work == "user-changes" ? "--body '{\"personId\":" : $"--queue-name {work} ",
            found.GetProperty("remedy").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task One_that_cannot_be_kept_is_told_and_kept_as_soon_as_it_can_be()
    {
        _queues.Waiting.Add("""{"key":"kv.example/a"}""");
        _refusal = new CannotContinueException("storage-forbidden", "Storage refuses access to container deadletters.", "Grant the role.");
        for (var tick = 0; tick < 20; tick++)
        {
            await Assert.ThrowsAsync<RetryLaterException>(RunAsync);
            _clock.Advance(TimeSpan.FromHours(1));
        }

        var told = Assert.Single(_kept.All);
        Assert.Equal((FindingKinds.MessageNotKept, Severity.High), (told.Kind, told.Severity));
        Assert.Contains("Grant the role.", told.Remedy, StringComparison.Ordinal);
        Assert.Single(_queues.Waiting);

        _refusal = null;
        await RunAsync();
        Assert.Empty(_queues.Waiting);
        Assert.Equal("""{"key":"kv.example/a"}""", Assert.Single(_letters).Body);
        Assert.Equal(FindingKinds.MessageFailed, Assert.Single(_kept.All, f => f.ClosedAt is null).Kind);
    }

    [Fact]
    public async Task Storage_that_is_away_for_minutes_is_waited_for_and_longer_is_told()
    {
        _queues.Waiting.Add("""{"key":"kv.example/a"}""");
        _refusal = new RetryLaterException("Storage did not answer.");
        await Assert.ThrowsAsync<RetryLaterException>(RunAsync);
        Assert.Empty(_kept.All);
        _clock.Advance(TimeSpan.FromMinutes(15));
        await Assert.ThrowsAsync<RetryLaterException>(RunAsync);
        Assert.Equal(FindingKinds.MessageNotKept, Assert.Single(_kept.All).Kind);
    }

    [Fact]
    public async Task A_day_without_another_closes_the_finding()
    {
        _queues.Waiting.Add("no json");
        await RunAsync();
        _clock.Advance(TimeSpan.FromHours(23));
        await RunAsync();
        Assert.Null(Assert.Single(_kept.All).ClosedAt);
        _clock.Advance(TimeSpan.FromHours(2));
        await RunAsync();
        Assert.NotNull(Assert.Single(_kept.All).ClosedAt);
    }

    [Theory]
    [InlineData("""{"departure":"\\ud800"}""")]
    [InlineData("""{"\\ud800":1}""")]
    [InlineData("""{"a":{"b":["\\udfff"]}}""")]
    [InlineData("\u0000")]
    [InlineData("")]
    public async Task A_message_that_is_no_text_holds_up_no_other(string text)
    {
        _queues.Waiting.AddRange([text.Replace("\\\\", "\\", StringComparison.Ordinal), """{"key":"a"}"""]);
        await RunAsync();
        Assert.Empty(_queues.Waiting);
        Assert.Equal(2, _letters.Count);
    }

    [Fact]
    public async Task A_failure_that_has_no_name_holds_up_no_other_message_and_is_a_finding()
    {
        _queues.Waiting.AddRange(["first", "second"]);
        _refusal = new InvalidOperationException("A bug.");
        await Assert.ThrowsAsync<RetryLaterException>(RunAsync);
        Assert.Equal((FindingKinds.MessageNotKept, 2), (Assert.Single(_kept.All).Kind, _tries));
    }

    [Fact]
    public async Task A_queue_that_is_away_holds_up_no_other()
    {
        _queues.Waiting.Add("""{"data":{"resourceData":{"id":"aaaaaaaa-1111-4222-8333-cccccccccccc"}}}""");
        _queues.Of = "user-changes";
        _queues.Away.UnionWith(["departures", "rotations"]);
        await Assert.ThrowsAsync<RetryLaterException>(RunAsync);
        Assert.Empty(_queues.Waiting);

        // What to run names the person.
        Assert.Contains(
            """{"personId":"aaaaaaaa-1111-4222-8333-cccccccccccc"}""",
            Assert.Single(_kept.All).Remedy,
            StringComparison.Ordinal
        );
    }

    private Task RunAsync()
    {
        var (letters, ledger) = (new Mock<IDeadLetters>(), new Mock<ILedger>());
        letters
            .Setup(l => l.KeepAsync(It.IsAny<DeadLetter>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(
                (DeadLetter letter, CancellationToken _) =>
                {
                    _tries++;
                    _letters.Add(_refusal is null ? letter : throw _refusal);
                    return "poisoned-message/1";
                }
            );
        _queues.Since ??= _clock.GetUtcNow();
        var queue = new Mock<IUserChangeQueue>();
        queue.Setup(q => q.LookAsync(It.IsAny<CancellationToken>())).ReturnsAsync(new UserChangesWaiting(0, []));
        var keep = new KeepDeadLetter(
            letters.Object,
            ledger.Object,
            _kept.DeadLetters,
            _kept.Findings,
            _clock,
            NullLogger<KeepDeadLetter>.Instance
        );
        var changes = new UserChangeFindings(_kept.Findings, _kept.OnRecord, queue.Object, new() { Audience = "api://rekey" }, _clock);
        var trigger = new RunTrigger(keep, new(), NullLogger<RunTrigger>.Instance);
        var function = new KeepPoisonedFunction(_queues, keep, _kept.Findings, changes, _kept.OnRecord, _clock, trigger);
        return function.RunAsync("{}", Cancel);
    }

    private sealed class PoisonQueues : IPoisonQueues
    {
        public List<string> Waiting { get; } = [];

        public DateTimeOffset? Since { get; set; }

        /// <summary>The queue in which they wait.</summary>
        public string Of { get; set; } = "rotations";

        /// <summary>Queues that cannot be reached.</summary>
        public HashSet<string> Away { get; } = [];

        public IReadOnlyList<string> WorkQueues { get; } = ["departures", "rotations", "sweeps", "user-changes"];

        public async IAsyncEnumerable<PoisonedMessage> TakeAsync(
            string workQueue,
            [EnumeratorCancellation] CancellationToken cancellationToken
        )
        {
            await Task.CompletedTask;
            if (Away.Contains(workQueue))
            {
                throw new RetryLaterException($"{workQueue} is away.");
            }

            foreach (var text in Waiting.Where(_ => workQueue == Of).ToList())
            {
                yield return new(workQueue, $"{workQueue}-poison", text, "receipt", text, Since!.Value);
            }
        }

        public Task RemoveAsync(PoisonedMessage message, CancellationToken cancellationToken)
        {
            Waiting.Remove(message.Id);
            return Task.CompletedTask;
        }
    }
}
