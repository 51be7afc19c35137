using System.Text;
using Azure.Storage.Queues;
using Rekey.Local.FunctionsHost;
using Rekey.Local.Tests.Azurite;

namespace Rekey.Local.Tests.FunctionsHost;

public sealed class QueueTests(AzuriteFixture azurite)
{
    private readonly string name = $"q{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private QueueClient Queue => new(azurite.ConnectionString, name);

    private QueueClient Poison => new(azurite.ConnectionString, name + "-poison");

    private Dictionary<string, string> Settings => new() { ["Work"] = azurite.ConnectionString };

    [Fact]
    public async Task A_message_is_delivered_and_deleted()
    {
        await using var run = await StartAsync();
        await SendAsync("""{"rotation":"r1"}""");
        var call = Assert.Single(await run.CallsAsync("/Q", 1));
        Assert.Equal("""
            "{\"rotation\":\"r1\"}"
            """.Trim(), call.Json.GetProperty("Data").GetProperty("msg").GetString());
        Assert.Equal("1", call.Json.GetProperty("Metadata").GetProperty("DequeueCount").GetString());
        Assert.Equal("\"r1\"", call.Json.GetProperty("Metadata").GetProperty("rotation").GetString());
        await EmptyAsync();
    }

    [Fact]
    public async Task A_failed_message_comes_again_and_ends_in_the_poison_queue()
    {
        await using var run = await StartAsync();
        await run.ScriptAsync("/Q", new { status = 500 }, new { status = 500 });
        await SendAsync("bad");
        await Poll.UntilAsync(async () => await Poison.ExistsAsync(Cancellation) && (await Poison.PeekMessagesAsync(cancellationToken: Cancellation)).Value is [{ MessageText: "bad" }]);
        var calls = await run.CallsAsync("/Q");
        Assert.Equal(["1", "2"], calls.Select(call => call.Json.GetProperty("Metadata").GetProperty("DequeueCount").GetString()));
        await EmptyAsync();
    }

    /// <summary>As the storage extension does: what fails in a poison queue stays there, hidden, and no other queue is made for it.</summary>
    [Fact]
    public async Task A_poison_queue_has_none_of_its_own()
    {
        await using var run = await StartAsync(queue: name + "-poison");
        await run.ScriptAsync("/Q", new { status = 500 }, new { status = 500 }, new { status = 500 });
        await Poison.CreateIfNotExistsAsync(cancellationToken: Cancellation);
        await Poison.SendMessageAsync("bad", Cancellation);
        await run.CallsAsync("/Q", 1);
        await Poll.UntilAsync(() => run.Log.Any(line => line.Text.Contains("no other behind it", StringComparison.Ordinal)));
        Assert.Equal(1, (await Poison.GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount);
        Assert.Empty((await Poison.PeekMessagesAsync(cancellationToken: Cancellation)).Value);
        Assert.False(await new QueueClient(azurite.ConnectionString, name + "-poison-poison").ExistsAsync(Cancellation));
    }

    [Fact]
    public async Task A_message_outlives_a_crash_of_the_handler()
    {
        await using var run = await StartAsync();
        await run.ScriptAsync("/Q", new { exit = 1 });
        await SendAsync("work");
        await Poll.UntilAsync(() => run.Host is { HandlerStarts: 2, State: HostState.Running });
        var call = Assert.Single(await run.CallsAsync("/Q", 1));
        Assert.Equal("2", call.Json.GetProperty("Metadata").GetProperty("DequeueCount").GetString());
        await EmptyAsync();
    }

    [Fact]
    public async Task No_more_than_a_batch_and_the_threshold_run_at_once()
    {
        await using var run = await StartAsync();
        await run.ScriptAsync("/Q", [.. Enumerable.Range(0, 10).Select(_ => (object)new { wait = true })]);
        run.Host.PauseTriggers();
        for (var i = 0; i < 10; i++)
        {
            await SendAsync($"m{i}");
        }

        run.Host.ResumeTriggers();
        await run.CallsAsync("/Q", 4);
        // batchSize 4, newBatchThreshold 0: the next batch is fetched when this one is done.
        var before = (await Queue.GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount;
        Assert.Equal(10, before);
        Assert.Equal(4, (await run.CallsAsync("/Q")).Count);

        // Each release lets go what waits by then, so it is asked for until all were worked on.
        await Poll.UntilAsync(async () =>
        {
            await run.ReleaseAsync();
            return (await run.CallsAsync("/Q")).Count == 10;
        });
        await run.ReleaseAsync();
        await Poll.UntilAsync(async () =>
        {
            await run.ReleaseAsync();
            return (await Queue.GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount == 0;
        });
    }

    [Fact]
    public async Task The_lease_is_renewed_while_the_handler_works()
    {
        await using var run = await StartAsync(options => options with { QueueLease = TimeSpan.FromSeconds(2) });
        await run.ScriptAsync("/Q", new { wait = true });
        await SendAsync("long");
        await run.CallsAsync("/Q", 1);
        // Whoever else looks, far beyond the first lease, sees nothing.
        var until = TimeProvider.System.GetUtcNow().AddSeconds(4);
        await Poll.UntilAsync(async () =>
        {
            Assert.Empty((await Queue.PeekMessagesAsync(cancellationToken: Cancellation)).Value);
            return TimeProvider.System.GetUtcNow() > until;
        });
        await run.ReleaseAsync();
        await EmptyAsync();
        Assert.Single(await run.CallsAsync("/Q"));
    }

    [Fact]
    public async Task With_base64_other_messages_fail_before_the_handler_and_outputs_are_encoded()
    {
        await using var run = await StartAsync(hostJson: AppFolder.HostJson.Replace("\"none\"", "\"base64\"", StringComparison.Ordinal));
        await SendAsync("no base64!");
        await SendAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes("hello")));
        var call = Assert.Single(await run.CallsAsync("/Q", 1));
        Assert.Equal("\"hello\"", call.Json.GetProperty("Data").GetProperty("msg").GetString());
        await Poll.UntilAsync(async () => await Poison.ExistsAsync(Cancellation) && (await Poison.PeekMessagesAsync(cancellationToken: Cancellation)).Value is [{ MessageText: "no base64!" }]);
        Assert.Single(await run.CallsAsync("/Q"));
    }

    [Fact]
    public async Task Queue_outputs_send_each_item_of_a_list()
    {
        var folder = new AppFolder().Binding(
            "T",
            """{"type":"timerTrigger","direction":"in","name":"timer","schedule":"0 0 0 1 1 *"}""",
            $$"""{"type":"queue","direction":"out","name":"next","queueName":"{{name}}","connection":"Work"}""");
        await using var run = await HostRun.StartAsync(folder, Settings);
        await run.ScriptAsync("/T", new { body = """{"Outputs":{"next":[{"a":1},"two"],"unknown":1}}""" });
        Assert.True((await run.Host.TriggerTimerAsync("T", Cancellation)).Succeeded);
        var sent = (await Queue.PeekMessagesAsync(10, Cancellation)).Value;
        Assert.Equal(["""{"a":1}""", "two"], sent.Select(message => message.MessageText));
    }

    [Fact]
    public async Task Messages_taken_when_the_host_stops_are_given_back()
    {
        await using var run = await StartAsync();
        await run.ScriptAsync("/Q", new { wait = true });
        await SendAsync("interrupted");
        await run.CallsAsync("/Q", 1);
        await run.Host.DisposeAsync();
        Assert.Equal("interrupted", Assert.Single((await Queue.PeekMessagesAsync(cancellationToken: Cancellation)).Value).MessageText);
    }

    private Task<HostRun> StartAsync(Func<LocalFunctionsHostOptions, LocalFunctionsHostOptions>? change = null, string hostJson = AppFolder.HostJson, string? queue = null) =>
        HostRun.StartAsync(new AppFolder(hostJson).Queue("Q", queue ?? name), Settings, change);

    private async Task SendAsync(string text)
    {
        await Queue.CreateIfNotExistsAsync(cancellationToken: Cancellation);
        await Queue.SendMessageAsync(text, Cancellation);
    }

    private Task EmptyAsync() => Poll.UntilAsync(async () => (await Queue.GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount == 0);
}
