using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Rekey.Local.Processes;

namespace Rekey.Benchmarks.Peers;

/// <summary>npm oidc-provider with its store in memory, installed on first use. It looks its opaque tokens up: it refuses to introspect a
/// JWT.</summary>
internal sealed class OidcProvider(Peer peer, string header) : IAsyncDisposable
{
    public const string Path = "/token/introspection";

    public Uri Address => peer.Address;

    /// <summary>The client's header, Basic as RFC 7662 §2.1 has it.</summary>
    public string Header => header;

    public static async Task<OidcProvider> StartAsync(CancellationToken cancellationToken)
    {
        var folder = await InstallAsync(cancellationToken);
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var peer = await Peer.StartAsync(
            ExecutableSearch.OnPath("node") ?? throw new InvalidOperationException("node is not on PATH."),
            ["serve.mjs"],
            folder,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["CLIENT_SECRET"] = secret, ["NODE_ENV"] = "production" },
            cancellationToken
        );
        return new(peer, $"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"gateway:{secret}"))}");
    }

    public async Task<IReadOnlyList<string>> IssueAsync(int count, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = Address };
        http.DefaultRequestHeaders.Add("Authorization", header["Authorization: ".Length..]);
        var tokens = new List<string>(count);
        while (tokens.Count < count)
        {
            using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "orders.read")]);
            using var reply = (await http.PostAsync(new Uri("token", UriKind.Relative), form, cancellationToken)).EnsureSuccessStatusCode();
            tokens.Add(
                (await reply.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(cancellationToken))
                    .GetProperty("access_token")
                    .GetString()!
            );
        }

        return tokens;
    }

    public ValueTask DisposeAsync() => peer.DisposeAsync();

    private static async Task<string> InstallAsync(CancellationToken cancellationToken)
    {
        var shipped = System.IO.Path.Combine(AppContext.BaseDirectory, "oidc-provider");
        var packages = await File.ReadAllBytesAsync(System.IO.Path.Combine(shipped, "package-lock.json"), cancellationToken);
        var name = $"oidc-provider-{Convert.ToHexStringLower(SHA256.HashData(packages))[..16]}";
        var folder = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"rekey-benchmarks-{Environment.UserName}", name);
        if (!File.Exists(System.IO.Path.Combine(folder, "installed")))
        {
            Directory.CreateDirectory(folder);
            foreach (var file in new[] { "package.json", "package-lock.json", ".npmrc" })
            {
                File.Copy(System.IO.Path.Combine(shipped, file), System.IO.Path.Combine(folder, file), overwrite: true);
            }

            Console.Error.WriteLine("installing oidc-provider (once)");
            await using var npm = ChildProcess.Start(
                new(
                    ExecutableSearch.OnPath("npm") ?? throw new InvalidOperationException("npm is not on PATH."),
                    ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                    folder
                )
                {
                    OnError = Console.Error.WriteLine,
                }
            );
            if (await npm.Exited.WaitAsync(cancellationToken) is var code and not 0)
            {
                throw new InvalidOperationException($"npm ci ended with {code}.");
            }

            await File.WriteAllTextAsync(System.IO.Path.Combine(folder, "installed"), "", cancellationToken);
        }

        File.Copy(System.IO.Path.Combine(shipped, "serve.mjs"), System.IO.Path.Combine(folder, "serve.mjs"), overwrite: true);
        return folder;
    }
}
