using Rekey.Local.FunctionsHost;
using Rekey.Local.Tests.Azurite;
using Rekey.Local.Tests.FunctionsHost.Support;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.FunctionsHost.Recorded;

/// <summary>08c: an HTTP function that goes on when its time is over.</summary>
public sealed class LateHttpTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task The_worker_is_ended_and_the_caller_gets_500()
    {
        var recording = Recording.Read("08c-timeout-http-ignored");
        await using var run = await Late.StartAsync(azurite.ConnectionString, seconds: 4);
        var (request, _, response) = recording.Exchange("stuck-60");
        Assert.Equal(Placeholders.In(response!), Placeholders.In(await RawClient.ExchangeAsync(run.Host.Address, request)));

        var answered = run.Trace.Now;
        var (cancelled, terminated) = Late.Ended(run, recording);
        Assert.InRange((answered - cancelled.Time).TotalSeconds, 11.5, 20);
        // The call fails when its time is over, be the next worker ready by then or not.
        await Poll.UntilAsync(() => run.Host.State == HostState.Running);
        Assert.Equal(2, run.Host.WorkerStarts);
        Assert.Single(run.Trace.Of("FunctionsMetadataRequest"));
        Assert.Equal(2 * run.Host.Functions.Count, run.Trace.Of("FunctionLoadRequest").Count);
        Assert.Equal(2, run.Trace.Of("WorkerInitRequest").Count);
        Assert.True(run.Trace.Of("StartStream")[1].Time > terminated.Time);
        await Late.AfterAsync(run, recording, "after-stuck");
    }
}
