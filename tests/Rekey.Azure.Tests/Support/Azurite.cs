using System.Diagnostics;
using Azure.Core.Pipeline;
using Rekey.Azure.Storage.Connections;

namespace Rekey.Azure.Tests.Support;

/// <summary>The real Azurite, installed once per lock file into the user's cache, on free ports, gone when the tests are.</summary>
public sealed class Azurite : IAsyncLifetime
{
    private const string Account = "devstoreaccount1";
    private const string Second = "devstoreaccount2";

    // Azurite's published development key.
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private Process? _process;

    public string ConnectionString { get; private set; } = "";

    internal StorageClients Clients(HttpPipelineTransport? transport = null) =>
        new(new StorageConnection("Test") { ConnectionString = ConnectionString }, new FakeCredential(), transport);

    /// <summary>Clients of a second account.</summary>
    internal StorageClients OtherClients() =>
        new(
            new StorageConnection("Other") { ConnectionString = ConnectionString.Replace(Account, Second, StringComparison.Ordinal) },
            new FakeCredential()
        );

    public async ValueTask InitializeAsync()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "azurite");
        var home = await NpmHome.InstalledAsync(source, "azurite");
        var start = new ProcessStartInfo("node")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (
            var argument in (string[])
                [
                    Path.Combine(source, "start.cjs"),
                    home,
                    "--inMemoryPersistence",
                    "--skipApiVersionCheck",
                    "--disableTelemetry",
                    "--silent",
                    "--blobPort",
                    "0",
                    "--queuePort",
                    "0",
                    "--tablePort",
                    "0",
                ]
        )
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["AZURITE_ACCOUNTS"] = $"{Account}:{Key};{Second}:{Key}";
        _process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var addresses = new Dictionary<string, string>();
        while (addresses.Count < 3)
        {
            var line = await _process.StandardOutput.ReadLineAsync(late.Token)
                ?? throw new InvalidOperationException("Azurite ended at its start.");
            if (line.Split(" service is successfully listening at ") is [var service, var address])
            {
                addresses[service.Replace("Azurite ", "")] = address.Trim();
            }
        }

        // A full pipe would stop it.
        _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        ConnectionString =
            $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={addresses["Blob"]}/{Account};"
            + $"QueueEndpoint={addresses["Queue"]}/{Account};TableEndpoint={addresses["Table"]}/{Account};";
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}
