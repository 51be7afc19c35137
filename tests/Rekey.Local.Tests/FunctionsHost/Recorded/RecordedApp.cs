using Rekey.Local.Tests.Azurite;

namespace Rekey.Local.Tests.FunctionsHost.Recorded;

/// <summary>One running host for the requests of a class.</summary>
public sealed class RecordedApp(AzuriteFixture azurite) : IAsyncLifetime
{
    private HostRun? run;

    public HostRun Run => run ?? throw new InvalidOperationException("The host is not started.");

    public async ValueTask InitializeAsync() => run = await HostRun.StartAsync(azurite.ConnectionString);

    public async ValueTask DisposeAsync()
    {
        if (run is not null)
        {
            await run.DisposeAsync();
        }
    }
}
