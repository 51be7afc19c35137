using System.Text.RegularExpressions;
using Rekey.Local.Processes;

namespace Rekey.Local.Azurite;

/// <summary>
/// The real storage emulator, on free ports of the loopback address. It ends when this is disposed, and by itself when this process is
/// gone: it runs under a script that ends with the pipe on its standard input.
/// </summary>
public sealed partial class AzuriteProcess : IAsyncDisposable
{
    // The account and key that every storage emulator has and every document shows; it guards nothing. The second account has the same.
    private const string Account = "devstoreaccount1";
    private const string SecondAccount = "devstoreaccount2";
    private const string WellKnownKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly ChildProcess child;
    private readonly IReadOnlyDictionary<string, Uri> endpoints;

    private AzuriteProcess(ChildProcess child, IReadOnlyDictionary<string, Uri> endpoints)
    {
        this.child = child;
        this.endpoints = endpoints;
        BlobEndpoint = new Uri(endpoints["Blob"], Account);
        QueueEndpoint = new Uri(endpoints["Queue"], Account);
        TableEndpoint = new Uri(endpoints["Table"], Account);
    }

    /// <summary>Account URL of the blob service.</summary>
    public Uri BlobEndpoint { get; }

    /// <summary>Account URL of the queue service.</summary>
    public Uri QueueEndpoint { get; }

    /// <summary>Account URL of the table service.</summary>
    public Uri TableEndpoint { get; }

    /// <summary>The process id of the Node process.</summary>
    public int ProcessId => child.Id;

    /// <summary>Completes with the exit code when Azurite has ended.</summary>
    public Task<int> Exited => child.Exited;

    /// <summary>The connection string of the emulator's account, with explicit endpoints.</summary>
    public string ConnectionString => Connection(Account);

    /// <summary>The connection string of a second account, for data that must be separate.</summary>
    public string SecondConnectionString => Connection(SecondAccount);

    /// <summary>Installs the pinned Azurite when it is not there yet, starts it and waits until all services listen.</summary>
    /// <exception cref="ToolMissingException">Node.js or npm is missing or too old.</exception>
    /// <exception cref="AzuriteException">The installation or the start failed.</exception>
    public static async Task<AzuriteProcess> StartAsync(AzuriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new AzuriteOptions();
        var node = await NodeTools.NodeAsync(cancellationToken);
        var entry = await new AzuriteInstallation(AzuriteInstallation.ShippedManifest, options.CacheFolder, options.Progress).EnsureAsync(
            cancellationToken
        );
        var listening = new ListeningLines(options.Log);
        var started = ChildProcess.Start(
            new ChildProcessStart(node, Arguments(entry, options), WorkingFolder(options))
            {
                HoldStandardInput = true,
                Environment = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["AZURITE_ACCOUNTS"] = $"{Account}:{WellKnownKey};{SecondAccount}:{WellKnownKey}",
                },
                OnOutput = listening.Hear,
                OnError = listening.Hear,
            }
        );
        try
        {
            var first = await Task.WhenAny(listening.All, started.Exited).WaitAsync(options.StartTimeout, cancellationToken);
            return first == listening.All
                ? new AzuriteProcess(started, await listening.All)
                : throw new AzuriteException($"Azurite ended with {await started.Exited}: {listening.Text}");
        }
        catch (TimeoutException)
        {
            await started.DisposeAsync();
            throw new AzuriteException($"Azurite did not listen within {options.StartTimeout.TotalSeconds:0} s: {listening.Text}");
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends Azurite and waits until it is gone.</summary>
    public ValueTask DisposeAsync() => child.DisposeAsync();

    private string Connection(string account) =>
        $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={WellKnownKey};"
        + string.Concat(endpoints.Select(e => $"{e.Key}Endpoint={new Uri(e.Value, account)};"));

    private static List<string> Arguments(string entry, AzuriteOptions options)
    {
        List<string> arguments = [Path.Combine(AzuriteInstallation.ShippedManifest, "run.mjs"), entry];
        foreach (var service in (string[])["blob", "queue", "table"])
        {
            // Port 0: the system chooses a port and Azurite prints it, so that no other process can take it in between. Azurite's
            // own keep-alive of 5 s is shorter than that of .NET's connection pool and causes resets of idle clients.
            arguments.AddRange([$"--{service}Host", "127.0.0.1", $"--{service}Port", "0", $"--{service}KeepAliveTimeout", "120"]);
        }

        arguments.AddRange(["--skipApiVersionCheck", "--disableTelemetry", "--silent"]);
        arguments.AddRange(
            options.DataFolder is { } folder
                ? ["--location", Path.GetFullPath(folder)]
                : ["--inMemoryPersistence", "--extentMemoryLimit", "2048"]
        );
        return arguments;
    }

    private static string WorkingFolder(AzuriteOptions options) =>
        options.DataFolder is { } folder ? Directory.CreateDirectory(folder).FullName : AzuriteInstallation.ShippedManifest;

    /// <summary>Waits for the three lines in which Azurite says where it listens.</summary>
    private sealed partial class ListeningLines(Action<string>? log)
    {
        private readonly Lock gate = new();
        private readonly List<string> lines = [];
        private readonly Dictionary<string, Uri> endpoints = [];
        private readonly TaskCompletionSource<IReadOnlyDictionary<string, Uri>> all = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );

        public Task<IReadOnlyDictionary<string, Uri>> All => all.Task;

        public string Text
        {
            get
            {
                lock (gate)
                {
                    return string.Join(Environment.NewLine, lines.TakeLast(12));
                }
            }
        }

        public void Hear(string line)
        {
            log?.Invoke(line);
            lock (gate)
            {
                if (all.Task.IsCompleted)
                {
                    return;
                }

                lines.Add(line);
                if (Listening().Match(line) is { Success: true } match)
                {
                    endpoints[match.Groups["service"].Value] = new Uri(match.Groups["url"].Value);
                }

                if (endpoints.Count == 3)
                {
                    all.SetResult(endpoints);
                }
            }
        }

        [GeneratedRegex(
            @"^Azurite (?<service>Blob|Queue|Table) service is successfully listening at (?<url>http://\S+)$",
            RegexOptions.ExplicitCapture,
            1000
        )]
        private static partial Regex Listening();
    }
}
