using System.Text;
using Azure.Storage.Queues;
using Rekey.Local.Tests.Azurite;
using Rekey.Local.Tests.FunctionsHost.Support;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.FunctionsHost;

public sealed class QueueTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_queue_that_is_not_there_is_polled_and_not_made()
    {
        await using var run = await HostRun.StartAsync(azurite.ConnectionString);
        var service = new QueueServiceClient(azurite.ConnectionString);
        await run.SendAsync("in", "now it is");
        await run.SaysAsync("take now it is");
        var queues = new List<string>();
        await foreach (var queue in service.GetQueuesAsync(prefix: run.Queues, cancellationToken: Cancellation))
        {
            queues.Add(queue.Name);
        }

        Assert.Equal([$"{run.Queues}-in"], queues);
    }

    [Fact]
    public async Task The_lease_is_renewed_while_the_function_works()
    {
        await using var run = await HostRun.StartAsync(azurite.ConnectionString, change: options =>
            options with
            {
                QueueLease = TimeSpan.FromSeconds(2),
            }
        );
        await run.SendAsync("slow", "5");
        await run.Trace.AppAsync("SlowQueue begins 5 dequeue=1");
        // Far beyond the first lease there is nothing to see for others.
        await Poll.UntilAsync(async () =>
        {
            Assert.Empty((await run.Queue("slow").PeekMessagesAsync(cancellationToken: Cancellation)).Value);
            return run.Trace.Of("InvocationResponse", "SlowQueue").Count == 1;
        });
        await Poll.UntilAsync(async () => (await run.Queue("slow").GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount == 0);
        Assert.Single(run.Trace.Invocations("SlowQueue"));
    }

    [Fact]
    public async Task With_base64_other_messages_end_in_the_poison_queue_before_the_worker()
    {
        await using var run = await HostRun.StartAsync(
            azurite.ConnectionString,
            AppFolder.HostJson.Replace("\"none\"", "\"base64\"", StringComparison.Ordinal)
        );
        await run.SendAsync("in", "no base64!");
        await run.SendAsync("in", Convert.ToBase64String(Encoding.UTF8.GetBytes("hello")));
        await run.SaysAsync("take hello");
        var poison = run.Queue("in-poison");
        await Poll.UntilAsync(async () =>
            await poison.ExistsAsync(Cancellation)
            && (await poison.PeekMessagesAsync(cancellationToken: Cancellation)).Value is [{ MessageText: "no base64!" }]
        );
        Assert.Single(run.Trace.Invocations("Take"));
    }

    /// <summary>
    /// As the storage extension does: what fails in a poison queue stays there, hidden, and no other queue is made for it.
    /// </summary>
    [Fact]
    public async Task A_poison_queue_has_none_of_its_own()
    {
        await using var run = await HostRun.StartAsync(azurite.ConnectionString);
        await run.SendAsync("failed-poison", "bad");
        await run.SaysAsync("no other behind it");
        Assert.Equal(1, (await run.Queue("failed-poison").GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount);
        Assert.Empty((await run.Queue("failed-poison").PeekMessagesAsync(cancellationToken: Cancellation)).Value);
        Assert.False(await run.Queue("failed-poison-poison").ExistsAsync(Cancellation));
    }

    [Fact]
    public async Task While_the_worker_is_down_a_message_costs_a_try()
    {
        await using var run = await HostRun.StartAsync(azurite.ConnectionString, AppFolder.PatientHostJson);
        run.Host.PauseTriggers();
        await run.SendAsync("in", "meanwhile");
        run.Host.KillWorker();
        await Poll.UntilAsync(() => run.Host.State == Rekey.Local.FunctionsHost.HostState.WorkerDown);
        run.Host.ResumeTriggers();
        await run.SaysAsync("take meanwhile");
        var tries = run.Log.Count(line => line.Text.StartsWith("'Take' was not run", StringComparison.Ordinal));
        Assert.NotEqual(0, tries);
        Assert.Equal($"{tries + 1}", (string?)Assert.Single(run.Trace.Invocations("Take"))["trigger_metadata"]!["DequeueCount"]!["json"]);
    }
}
