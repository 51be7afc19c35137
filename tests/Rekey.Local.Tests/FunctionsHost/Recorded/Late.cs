using System.Text.Json.Nodes;
using Rekey.Local.Tests.FunctionsHost.Support;

namespace Rekey.Local.Tests.FunctionsHost.Recorded;

/// <summary>What the tests of functions beyond their time have in common.</summary>
internal static class Late
{
    private static string HostJson(int seconds) =>
        AppFolder.HostJson.Replace(
            "\"functionTimeout\":\"00:00:20\"",
            $"\"functionTimeout\":\"00:00:0{seconds}\"",
            StringComparison.Ordinal
        );

    /// <summary>Starts the host with this limit, and calls a function of each kind: the first call of a new worker takes long on a busy
    /// machine, and the time of the function counts from the host's order.</summary>
    public static async Task<HostRun> StartAsync(string connectionString, int seconds)
    {
        var run = await HostRun.StartAsync(connectionString, HostJson(seconds));
        using var answer = await run.Client.GetAsync("/items/1", TestContext.Current.CancellationToken);
        await run.SendAsync("in", "first");
        await run.SaysAsync("take first");
        return run;
    }

    public static async Task AfterAsync(HostRun run, Recording recording, string name)
    {
        var (request, _, response) = recording.Exchange(name);
        Assert.Equal(Placeholders.In(response!), Placeholders.In(await RawClient.ExchangeAsync(run.Host.Address, request)));
    }

    /// <summary>The cancel, and two seconds later the order to leave.</summary>
    public static (TracedLine Cancelled, TracedLine Terminated) Ended(HostRun run, Recording recording)
    {
        var (cancelled, terminated) = (run.Trace.Of("InvocationCancel")[0], run.Trace.Of("WorkerTerminate")[0]);
        Assert.InRange((terminated.Time - cancelled.Time).TotalSeconds, 1.8, 3.5);
        JsonNode recorded = recording.Lines.First(line => line.Type == "WorkerTerminate").Data!;
        Assert.Equal(recorded.ToJsonString(), terminated.Data!.ToJsonString());
        return (cancelled, terminated);
    }
}
