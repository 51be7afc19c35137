using System.Text.Json.Nodes;
using Azure.Core.Pipeline;
using Rekey.AspNetCore.Issuer;
using Rekey.Local.Worlds;

namespace Rekey.Local.Replay.Packages;

/// <summary>The company's issuers, with the package: each signs in the vault with the version that the trust list names, and records a
/// token before it is signed.</summary>
internal sealed class CompanyIssuers(World world) : IAsyncDisposable
{
    private readonly Dictionary<string, IHost> _hosts = new(StringComparer.Ordinal);

    /// <summary>Mints an access token.</summary>
    public async Task<string> MintAsync(WorldKey key, string subject, CancellationToken cancellationToken)
    {
        if (!_hosts.TryGetValue(key.Name, out var host))
        {
            host = await StartAsync(key, cancellationToken);
            _hosts[key.Name] = host;
        }

        // The next pull, brought forward.
        var issuer = host.Services.GetRequiredService<RekeyIssuer>();
        await issuer.PullAsync(cancellationToken);
        return await issuer.MintAsync(TokenWriter.Claims(key, subject, DateTimeOffset.UtcNow), cancellationToken: cancellationToken);
    }

    /// <summary>The rows that the issuer of a key has on its disk.</summary>
    public IReadOnlyList<JsonNode> Rows(WorldKey key) =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(FolderOf(key), "log", "TokenIssuance"), "*.ndjson")
                .Order(StringComparer.Ordinal)
                .SelectMany(ReadLines)
                .Select(l => JsonNode.Parse(l)!),
        ];

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.Values)
        {
            await host.StopAsync();
            host.Dispose();
        }
    }

    private async Task<IHost> StartAsync(WorldKey key, CancellationToken cancellationToken)
    {
        var documentKey = await world.Admin.ReadKeyAsync(world.OwnVault, World.DocumentKey, cancellationToken);
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddRekeyIssuer(options =>
        {
            PackageSettings.Apply(options, world, documentKey, FolderOf(key));
            (options.Issuer, options.KeyName) = (key.Issuer, key.Name);
            options.Algorithm = key.IsRsa ? "PS256" : "ES256";
            options.Credential = new IssuerCredential(world);
            options.Vault.Transport = new HttpClientTransport(world.Http);
            options.Vault.DisableChallengeResourceVerification = true;
        });
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return host;
    }

    private string FolderOf(WorldKey key) => Path.Combine(world.Folder, "issuers", key.Name);

    /// <summary>The lines of a file that the issuer may write at the same time.</summary>
    private static IEnumerable<string> ReadLines(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
