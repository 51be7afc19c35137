using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rekey.Local.Processes;

namespace Rekey.Benchmarks;

/// <summary>A server that something is measured beside, as a process of its own.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private Peer(ChildProcess process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Starts one that says <c>listening {port}</c>, and ends when this process does.</summary>
    public static async Task<Peer> StartAsync(string file, IReadOnlyList<string> arguments, string folder, IReadOnlyDictionary<string, string> environment, CancellationToken cancel)
    {
        var listening = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = ChildProcess.Start(new(file, arguments, folder)
        {
            Environment = environment,
            HoldStandardInput = true,
            OnOutput = line => _ = line.StartsWith("listening ", StringComparison.Ordinal) && listening.TrySetResult(int.Parse(line["listening ".Length..])),
            OnError = Console.Error.WriteLine,
        });
        try
        {
            _ = process.Exited.ContinueWith(_ => listening.TrySetException(new InvalidOperationException($"{file} ended before it listened.")), TaskScheduler.Default);
            return new(process, new($"http://127.0.0.1:{await listening.Task.WaitAsync(TimeSpan.FromSeconds(60), cancel)}/"));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}

/// <summary>Kestrel that reads the body and answers so many bytes: what any endpoint on it costs at the least.</summary>
internal static class PlainKestrel
{
    public const string Command = "serve-plain";

    /// <summary>As long as Rekey's own reply.</summary>
    private static readonly byte[] Reply = Encoding.ASCII.GetBytes($$"""{"active":true,"padding":"{{new string('x', 330)}}"}""");

    public static Task<Peer> StartAsync(CancellationToken cancel) =>
        Peer.StartAsync(Environment.ProcessPath!, [Command], AppContext.BaseDirectory, new Dictionary<string, string>(StringComparer.Ordinal), cancel);

    public static async Task<int> ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.AddServerHeader = false);
        await using var app = builder.Build();
        app.MapPost("/introspect", static async (HttpContext context) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = Reply.Length;
            await context.Response.Body.WriteAsync(Reply, context.RequestAborted);
        });
        await app.StartAsync();
        Console.WriteLine($"listening {new Uri(app.Urls.Single()).Port}");
        await Console.OpenStandardInput().CopyToAsync(Stream.Null);
        return 0;
    }
}

/// <summary>npm oidc-provider with its store in memory, installed on first use. It looks its opaque tokens up: it refuses to introspect a JWT.</summary>
internal sealed class OidcProvider(Peer peer, string header) : IAsyncDisposable
{
    public const string Path = "/token/introspection";

    public Uri Address => peer.Address;

    /// <summary>The client's header, Basic as RFC 7662 §2.1 has it.</summary>
    public string Header => header;

    public static async Task<OidcProvider> StartAsync(CancellationToken cancel)
    {
        var folder = await InstallAsync(cancel);
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var peer = await Peer.StartAsync(ExecutableSearch.OnPath("node") ?? throw new InvalidOperationException("node is not on PATH."), ["serve.mjs"], folder,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["CLIENT_SECRET"] = secret, ["NODE_ENV"] = "production" }, cancel);
        return new(peer, $"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"gateway:{secret}"))}");
    }

    public async Task<IReadOnlyList<string>> IssueAsync(int count, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = Address };
        http.DefaultRequestHeaders.Add("Authorization", header["Authorization: ".Length..]);
        var tokens = new List<string>(count);
        while (tokens.Count < count)
        {
            using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "orders.read")]);
            using var reply = (await http.PostAsync(new Uri("token", UriKind.Relative), form, cancel)).EnsureSuccessStatusCode();
            tokens.Add((await reply.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(cancel)).GetProperty("access_token").GetString()!);
        }

        return tokens;
    }

    public ValueTask DisposeAsync() => peer.DisposeAsync();

    private static async Task<string> InstallAsync(CancellationToken cancel)
    {
        var shipped = System.IO.Path.Combine(AppContext.BaseDirectory, "oidc-provider");
        var name = $"oidc-provider-{Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(System.IO.Path.Combine(shipped, "package-lock.json"), cancel)))[..16]}";
        var folder = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"rekey-benchmarks-{Environment.UserName}", name);
        if (!File.Exists(System.IO.Path.Combine(folder, "installed")))
        {
            Directory.CreateDirectory(folder);
            foreach (var file in new[] { "package.json", "package-lock.json", ".npmrc" })
            {
                File.Copy(System.IO.Path.Combine(shipped, file), System.IO.Path.Combine(folder, file), overwrite: true);
            }

            Console.Error.WriteLine("installing oidc-provider (once)");
            await using var npm = ChildProcess.Start(new(ExecutableSearch.OnPath("npm") ?? throw new InvalidOperationException("npm is not on PATH."), ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder) { OnError = Console.Error.WriteLine });
            if (await npm.Exited.WaitAsync(cancel) is var code and not 0)
            {
                throw new InvalidOperationException($"npm ci ended with {code}.");
            }

            await File.WriteAllTextAsync(System.IO.Path.Combine(folder, "installed"), "", cancel);
        }

        File.Copy(System.IO.Path.Combine(shipped, "serve.mjs"), System.IO.Path.Combine(folder, "serve.mjs"), overwrite: true);
        return folder;
    }
}
