using Rekey.Local.Azurite;
using Rekey.Local.Tests.Azurite;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]

namespace Rekey.Local.Tests.Azurite;

/// <summary>One emulator for all tests of this project; every test uses names of its own in it.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private AzuriteProcess? azurite;

    public AzuriteProcess Process => azurite ?? throw new InvalidOperationException("Azurite is not started.");

    public string ConnectionString => Process.ConnectionString;

    public async ValueTask InitializeAsync() =>
        azurite = await AzuriteProcess.StartAsync(new AzuriteOptions { Progress = new ConsoleProgress() });

    public async ValueTask DisposeAsync()
    {
        if (azurite is not null)
        {
            await azurite.DisposeAsync();
        }
    }

    private sealed class ConsoleProgress : IProgress<string>
    {
        public void Report(string value) => Console.WriteLine(value);
    }
}
