using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Rekey.Local.FunctionsHost;

namespace Rekey.Local.Tests.FunctionsHost;

/// <summary>A running host over a test folder, with the handler's remote control.</summary>
public sealed class HostRun : IAsyncDisposable
{
    private readonly AppFolder folder;

    private HostRun(AppFolder folder, LocalFunctionsHost host, ConcurrentQueue<HostLogLine> log)
    {
        this.folder = folder;
        Host = host;
        Log = log;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = host.Address };
        Handler = new HttpClient { BaseAddress = host.HandlerAddress };
    }

    public LocalFunctionsHost Host { get; }

    public ConcurrentQueue<HostLogLine> Log { get; }

    /// <summary>An outsider.</summary>
    public HttpClient Client { get; }

    /// <summary>Straight to the handler's remote control.</summary>
    public HttpClient Handler { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<HostRun> StartAsync(AppFolder folder, Dictionary<string, string>? settings = null, Func<LocalFunctionsHostOptions, LocalFunctionsHostOptions>? change = null)
    {
        var log = new ConcurrentQueue<HostLogLine>();
        var options = new LocalFunctionsHostOptions { AppRoot = folder.Path, Settings = settings ?? [], Log = log.Enqueue, DrainTime = TimeSpan.FromMilliseconds(300) };
        try
        {
            return new HostRun(folder, await LocalFunctionsHost.StartAsync(change?.Invoke(options) ?? options, Cancellation), log);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The handler's next answers at a path; then it answers 200 {} again.</summary>
    public async Task ScriptAsync(string path, params object[] replies)
    {
        using var told = await Handler.PostAsJsonAsync("/__script", new { path, replies }, Cancellation);
        told.EnsureSuccessStatusCode();
    }

    public async Task ReleaseAsync()
    {
        using var told = await Handler.PostAsync("/__release", null, Cancellation);
    }

    public async Task<List<Call>> CallsAsync(string? path = null)
    {
        var calls = await Handler.GetFromJsonAsync<List<Call>>("/__calls", JsonSerializerOptions.Web, Cancellation);
        return [.. calls!.Where(call => path is null || call.Path == path)];
    }

    public async Task<List<Call>> CallsAsync(string path, int count)
    {
        List<Call> calls = [];
        await Poll.UntilAsync(async () => (calls = await CallsAsync(path)).Count >= count);
        return calls;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Client.Dispose();
        Handler.Dispose();
        folder.Dispose();
    }

    public sealed record Call(string Method, string Url, Dictionary<string, JsonElement> Headers, string Body)
    {
        public string Path => Url.Split('?')[0];

        public JsonElement Json => JsonDocument.Parse(Body).RootElement;

        public string? Header(string name) => Headers.TryGetValue(name, out var value) ? value.GetString() : null;
    }
}
