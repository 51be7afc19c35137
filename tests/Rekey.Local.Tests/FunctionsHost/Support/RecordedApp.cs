using Rekey.Local.Tests.Azurite;

namespace Rekey.Local.Tests.FunctionsHost.Support;

/// <summary>One running host for the requests of a class.</summary>
public sealed class RecordedApp(AzuriteFixture azurite) : IAsyncLifetime
{
    private HostRun? run;

    /// <summary>The test that asks shows what the host says, should it fail.</summary>
    public HostRun Run
    {
        get
        {
            var running = run ?? throw new InvalidOperationException("The host is not started.");
            running.ShowsInThisTest();
            return running;
        }
    }

    public async ValueTask InitializeAsync() => run = await HostRun.StartAsync(azurite.ConnectionString);

    public async ValueTask DisposeAsync()
    {
        if (run is not null)
        {
            await run.DisposeAsync();
        }
    }
}
