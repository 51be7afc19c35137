using System.Diagnostics;
using System.Security.Cryptography;
using Azure.Core.Pipeline;
using Rekey.Azure.Storage;

namespace Rekey.Azure.Tests;

/// <summary>The real Azurite, installed once per lock file into the user's cache, on free ports, gone when the tests are.</summary>
public sealed class Azurite : IAsyncLifetime
{
    private const string Account = "devstoreaccount1";

    // Azurite's published development key.
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private Process? _process;

    public string ConnectionString { get; private set; } = "";

    public StorageClients Clients(HttpPipelineTransport? transport = null) =>
        new(new StorageConnection("Test") { ConnectionString = ConnectionString }, new FakeCredential(), transport);

    public async ValueTask InitializeAsync()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "azurite");
        var home = await InstalledAsync(source);
        var start = new ProcessStartInfo("node")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var argument in (string[])[Path.Combine(source, "start.cjs"), home, "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent",
            "--blobPort", "0", "--queuePort", "0", "--tablePort", "0"])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var addresses = new Dictionary<string, string>();
        while (addresses.Count < 3)
        {
            var line = await _process.StandardOutput.ReadLineAsync(late.Token) ?? throw new InvalidOperationException("Azurite ended at its start.");
            if (line.Split(" service is successfully listening at ") is [var service, var address])
            {
                addresses[service.Replace("Azurite ", "")] = address.Trim();
            }
        }

        // A full pipe would stop it.
        _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={addresses["Blob"]}/{Account};"
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

    private static async Task<string> InstalledAsync(string source)
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"))))[..16];
        var home = Path.Combine(cache, "rekey", $"azurite-{hash}");
        Directory.CreateDirectory(Path.GetDirectoryName(home)!);
        await using var alone = await LockAsync(home + ".lock");
        var done = Path.Combine(home, ".installed");
        if (File.Exists(done))
        {
            return home;
        }

        Directory.CreateDirectory(home);
        foreach (var file in (string[])["package.json", "package-lock.json", ".npmrc"])
        {
            File.Copy(Path.Combine(source, file), Path.Combine(home, file), overwrite: true);
        }

        using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"]) { WorkingDirectory = home, UseShellExecute = false, RedirectStandardOutput = true })!;
        await npm.StandardOutput.ReadToEndAsync();
        await npm.WaitForExitAsync();
        Assert.Equal(0, npm.ExitCode);
        await File.WriteAllTextAsync(done, "");
        return home;
    }

    /// <summary>Several test processes may want it at once: one installs, the others wait for the file.</summary>
    private static async Task<FileStream> LockAsync(string file)
    {
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (deadline.Elapsed < TimeSpan.FromMinutes(5))
            {
                await Task.Delay(200);
            }
        }
    }
}

/// <summary>The tests that share one Azurite.</summary>
[CollectionDefinition(nameof(Azurite))]
public sealed class WithAzurite : ICollectionFixture<Azurite>;
