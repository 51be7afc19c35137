using System.Collections.Concurrent;
using System.Globalization;
using Azure.Storage.Queues;
using Rekey.Local.FunctionsHost;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.FunctionsHost.Support;

/// <summary>
/// A running host over the worker app of these tests, with queues and a host id of its own, and all that goes over the protocol.
/// </summary>
public sealed class HostRun : IAsyncDisposable
{
    private readonly AppFolder folder;
    private readonly Output output;

    private HostRun(
        AppFolder folder,
        LocalFunctionsHost host,
        ConcurrentQueue<HostLogLine> log,
        HostTrace trace,
        Output output,
        string connectionString,
        string queues
    )
    {
        this.folder = folder;
        this.output = output;
        Host = host;
        Log = log;
        Trace = trace;
        (ConnectionString, Queues) = (connectionString, queues);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = host.Address };
    }

    public LocalFunctionsHost Host { get; }

    public ConcurrentQueue<HostLogLine> Log { get; }

    internal HostTrace Trace { get; }

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
        string? name = null
    )
    {
        name ??= NewName();
        var app = new AppFolder(hostJson);
        var log = new ConcurrentQueue<HostLogLine>();
        var trace = new HostTrace();
        var shown = new Output { Test = TestContext.Current.TestOutputHelper };
        var options = new LocalFunctionsHostOptions
        {
            AppRoot = app.Path,
            Settings = Settings(connectionString, name, settings),
            Log = line =>
            {
                log.Enqueue(line);
                trace.Hear(line);
                shown.Write(line);
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
                shown,
                connectionString,
                name
            );
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

    /// <summary>From now on the test that runs shows the host's lines, should it fail.</summary>
    public void ShowsInThisTest() => output.Test = TestContext.Current.TestOutputHelper;

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Client.Dispose();
        folder.Dispose();
    }

    /// <summary>The host's lines in the output of a test, which is shown when the test fails.</summary>
    private sealed class Output
    {
        public ITestOutputHelper? Test { get; set; }

        public void Write(HostLogLine line)
        {
            try
            {
                Test?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line.Time:HH:mm:ss.fff} {line.Level} {line.Text}"));
            }
            catch (InvalidOperationException)
            {
                // That test has ended.
            }
        }
    }
}
