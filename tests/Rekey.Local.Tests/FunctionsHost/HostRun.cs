using System.Collections.Concurrent;
using Azure.Storage.Queues;
using Rekey.Local.FunctionsHost;

namespace Rekey.Local.Tests.FunctionsHost;

/// <summary>
/// A running host over the worker app of these tests, with queues and a host id of its own, and all that goes over the protocol.
/// </summary>
public sealed class HostRun : IAsyncDisposable
{
    private readonly AppFolder folder;

    private HostRun(
        AppFolder folder, LocalFunctionsHost host, ConcurrentQueue<HostLogLine> log, Trace trace, string connectionString, string queues)
    {
        this.folder = folder;
        Host = host;
        Log = log;
        Trace = trace;
        (ConnectionString, Queues) = (connectionString, queues);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = host.Address };
    }

    public LocalFunctionsHost Host { get; }

    public ConcurrentQueue<HostLogLine> Log { get; }

    internal Trace Trace { get; }

    /// <summary>An outsider.</summary>
    public HttpClient Client { get; }

    /// <summary>What stands where the recordings' queues have <c>rec</c>.</summary>
    public string Queues { get; }

    public string ConnectionString { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static string NewName() => $"t{Guid.NewGuid():N}"[..12];

    public static async Task<HostRun> StartAsync(
        string connectionString,
        string hostJson = AppFolder.HostJson,
        Dictionary<string, string>? settings = null,
        Func<LocalFunctionsHostOptions, LocalFunctionsHostOptions>? change = null,
        string? name = null)
    {
        name ??= NewName();
        var app = new AppFolder(hostJson);
        var log = new ConcurrentQueue<HostLogLine>();
        var trace = new Trace();
        var options = new LocalFunctionsHostOptions
        {
            AppRoot = app.Path,
            Settings = Settings(connectionString, name, settings),
            Log = line =>
            {
                log.Enqueue(line);
                trace.Hear(line);
            },
            Watcher = trace,
        };
        try
        {
            return new HostRun(
                app,
                await LocalFunctionsHost.StartAsync(change?.Invoke(options) ?? options, Cancellation),
                log,
                trace,
                connectionString,
                name);
        }
        catch
        {
            app.Dispose();
            throw;
        }
    }

    public static Dictionary<string, string> Settings(string connectionString, string name, Dictionary<string, string>? more = null)
    {
        var settings = new Dictionary<string, string>(more ?? [])
        {
            ["AzureWebJobsStorage"] = connectionString,
            ["AzureFunctionsWebHost__hostid"] = name,
            ["Queues"] = name,
        };
        settings.TryAdd("AzureWebJobsDisableHomepage", "true");
        return settings;
    }

    /// <param name="name">The part after the dash, such as <c>in</c>.</param>
    public QueueClient Queue(string name) => new(ConnectionString, $"{Queues}-{name}");

    public async Task<string> SendAsync(string queue, string text)
    {
        var client = Queue(queue);
        await client.CreateIfNotExistsAsync(cancellationToken: Cancellation);
        return (await client.SendMessageAsync(text, Cancellation)).Value.MessageId;
    }

    public Task SaysAsync(string text) => Poll.UntilAsync(() => Log.Any(line => line.Text.Contains(text, StringComparison.Ordinal)));

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Client.Dispose();
        folder.Dispose();
    }
}
