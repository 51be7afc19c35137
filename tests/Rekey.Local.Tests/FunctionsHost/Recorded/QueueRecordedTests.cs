using System.Text.Json.Nodes;
using Rekey.Local.Tests.Azurite;
using Rekey.Local.Tests.FunctionsHost.Support;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.FunctionsHost.Recorded;

/// <summary>03, 04 and 12b: what a queue function gets, when, and what becomes of a message that fails.</summary>
public sealed class QueueRecordedTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_are_handed_over_as_they_were()
    {
        var recording = Recording.Read("03-queue-success");
        await using var run = await HostRun.StartAsync(azurite.ConnectionString);
        var texts = recording.Lines.Where(line => line.Event == "message put").Select(line => line.Text).ToList();
        for (var i = 0; i < texts.Count; i++)
        {
            await run.SendAsync("in", texts[i]);
            await run.Trace.WaitAsync("InvocationResponse", "Take", i + 1);
        }

        var ours = run.Trace.Invocations("Take");
        Assert.Equal(recording.Invocations("Take").Select(Placeholders.Request), ours.Select(Placeholders.Request));
        // The lease of ten minutes.
        Assert.All(ours, request =>
            Assert.InRange((Time(request, "NextVisibleTime") - Time(request, "InsertionTime")).TotalMinutes, 10, 10.2)
        );
    }

    [Fact]
    public async Task Of_thirty_messages_sixteen_run_at_once_and_the_rest_after_them()
    {
        var recording = Recording.Read("03-queue-success");
        await using var run = await HostRun.StartAsync(azurite.ConnectionString);
        run.Host.PauseTriggers();
        for (var i = 0; i < 30; i++)
        {
            await run.SendAsync("slow", "2");
        }

        run.Host.ResumeTriggers();
        await run.Trace.WaitAsync("InvocationResponse", "SlowQueue", 30);
        Assert.Equal(
            AtOnce(recording.Lines.Where(line => line.Function == "SlowQueue").Select(line => line.Type)),
            AtOnce(run.Trace.Lines.Where(line => line.Function == "SlowQueue").Select(line => line.Type))
        );
    }

    [Fact]
    public async Task A_message_that_fails_comes_three_times_and_ends_in_the_poison_queue()
    {
        var recording = Recording.Read("04-queue-failure-and-poison");
        await using var run = await HostRun.StartAsync(azurite.ConnectionString);
        var id = await run.SendAsync("fail", "bad one");
        var poison = run.Queue("fail-poison");
        await Poll.UntilAsync(async () =>
            await poison.ExistsAsync(Cancellation) && (await poison.PeekMessagesAsync(10, Cancellation)).Value.Length > 0
        );

        Assert.Equal(
            recording.Invocations("Fail").Select(Placeholders.Request),
            run.Trace.Invocations("Fail").Select(Placeholders.Request)
        );
        Assert.All(run.Trace.Invocations("Fail"), request => Assert.Equal(id, (string?)request["trigger_metadata"]!["Id"]!["string"]));
        var (theirs, ours) = (
            Failures(recording.Lines.Where(line => line.Type == "InvocationResponse").Select(line => line.Data!)),
            Failures(run.Trace.Of("InvocationResponse", "Fail").Select(line => line.Data!))
        );
        Assert.Equal(theirs, ours);
        // Here visibilityTimeout is 1 s; a poll comes at most 0.2 s later, and a busy machine.
        var tries = run.Trace.Of("InvocationRequest", "Fail");
        Assert.All(tries.Zip(tries.Skip(1), (one, next) => (next.Time - one.Time).TotalSeconds), gap => Assert.InRange(gap, 0.9, 4));
        var message = Assert.Single((await poison.PeekMessagesAsync(10, Cancellation)).Value);
        Assert.Equal(("bad one", 0L), (message.MessageText, message.DequeueCount));
        Assert.NotEqual(id, message.MessageId);
        Assert.Empty((await run.Queue("fail").PeekMessagesAsync(10, Cancellation)).Value);
    }

    [Fact]
    public async Task A_message_whose_host_was_killed_comes_again_when_its_lease_ends()
    {
        var name = HostRun.NewName();
        var queue = new global::Azure.Storage.Queues.QueueClient(azurite.ConnectionString, $"{name}-slow");
        await queue.CreateIfNotExistsAsync(cancellationToken: Cancellation);
        await queue.SendMessageAsync("0.1", Cancellation);
        // What the killed host did; its lease is 10 min, and 3 s here.
        await queue.ReceiveMessagesAsync(16, TimeSpan.FromSeconds(3), Cancellation);
        await using var run = await HostRun.StartAsync(azurite.ConnectionString, name: name);
        await run.Trace.AppAsync("SlowQueue ends 0.1");
        var recorded = Assert.Single(Recording.Read("12b-host-kill-9-redelivery").Invocations("SlowQueue"));
        Assert.Equal(
            Placeholders.Request(recorded).Replace("\"15\"", "\"0.1\"", StringComparison.Ordinal),
            Placeholders.Request(Assert.Single(run.Trace.Invocations("SlowQueue")))
        );
    }

    private static DateTimeOffset Time(JsonNode request, string name) =>
        DateTimeOffset.Parse(((string)request["trigger_metadata"]![name]!["json"]!).Trim('"'));

    /// <summary>How many ran before the first had ended, and how many in all.</summary>
    private static (int First, int All) AtOnce(IEnumerable<string> types)
    {
        var list = types.Where(type => type is "InvocationRequest" or "InvocationResponse").ToList();
        return (list.TakeWhile(type => type == "InvocationRequest").Count(), list.Count(type => type == "InvocationRequest"));
    }

    private static IEnumerable<string> Failures(IEnumerable<JsonNode> responses) =>
        responses.Select(response =>
        {
            var result = response["invocation_response"]!["result"]!.AsObject();
            var exception = result["exception"]!.AsObject();
            return $"{Names(result)} {Names(exception)} {exception["message"]}";
        });

    private static string Names(JsonObject json) => string.Join(',', json.Select(member => member.Key).Order());
}
