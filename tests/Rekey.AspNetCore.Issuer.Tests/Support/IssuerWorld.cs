using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Rekey.AspNetCore.Issuer.Tests.Sample;
using Rekey.Ledgers;
using Rekey.Local.Identity;
using Rekey.Local.KeyVault.Permissions;
using Rekey.Local.KeyVault.Server;
using Rekey.Local.Tls;
using Rekey.Trust.Jose;
using Rekey.Trust.Lists;

namespace Rekey.AspNetCore.Issuer.Tests.Support;

/// <summary>A vault with a signing key, a Rekey that publishes signed trust lists and takes rows, and issuers.</summary>
internal sealed class IssuerWorld : IAsyncDisposable
{
    public const string Issuer = "https://login.example/shop";
    public const string KeyName = "shop";
    private const string IssuerId = "b0b0b0b0-1111-4222-8333-444444444444";
    private const string AdminId = "c0c0c0c0-1111-4222-8333-444444444444";

    private readonly List<IAsyncDisposable> _ends = [];
    private readonly LocalCertificateAuthority _authority;
    private readonly IdentityServer _identity;
    private readonly HttpClient _http;
    private long _sequence;

    private IssuerWorld(
        string folder,
        LocalCertificateAuthority authority,
        IdentityServer identity,
        KeyVaultServer vault,
        RekeyServer rekey
    )
    {
        (Folder, _authority, _identity, Vault, Rekey) = (folder, authority, identity, vault, rekey);
        _http = new(authority.CreateHandler());
    }

    public string Folder { get; }

    public KeyVaultServer Vault { get; }

    public RekeyServer Rekey { get; }

    /// <summary>The list that was published last.</summary>
    public TrustList Published { get; private set; } = null!;

    public string CaFile => _authority.Path;

    public static async Task<IssuerWorld> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("rekey-issuer-").FullName;
        var authority = LocalCertificateAuthority.Create(folder);
        var identity = await IdentityServer.StartAsync(new(), authority);
        var vault = await KeyVaultServer.StartAsync(
            new()
            {
                Name = "kv-shop",
                Folder = Path.Combine(folder, "kv-shop"),
                Grants = new Dictionary<string, KeyPermissions>(StringComparer.Ordinal)
                {
                    [IssuerId] = KeyPermissions.Signer,
                    [AdminId] = KeyPermissions.CryptoOfficer,
                },
            },
            identity,
            authority
        );
        var world = new IssuerWorld(folder, authority, identity, vault, await RekeyServer.StartAsync());
        await world.PublishAsync(await world.NewVersionAsync());
        return world;
    }

    /// <summary>Makes a version of the key, and gives its entry as the current one.</summary>
    public async Task<TrustEntry> NewVersionAsync()
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(Vault.Address, $"keys/{KeyName}/create?api-version=2025-07-01")
        );
        request.Headers.Authorization = new("Bearer", _identity.Mint(AdminId, Audiences.KeyVault));
        request.Content = JsonContent.Create(
            new
            {
                kty = "EC",
                crv = "P-256",
                key_ops = new[] { "sign", "verify" },
            }
        );
        using var reply = await _http.SendAsync(request);
        var key = (await reply.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key");
        string Text(string name) => key.GetProperty(name).GetString()!;
        var jwk = new PublicJwk("EC", "P-256", Text("x"), Text("y"), modulus: null, exponent: null);
        return new(
            $"{Vault.Address.Authority}/{KeyName}",
            Text("kid").Split('/')[^1],
            jwk.Thumbprint,
            jwk.Thumbprint,
            jwk,
            KeyName,
            Issuer,
            [SampleServer.Audience],
            ["ES256"],
            new(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(-1), IssuedUntil: null, TrustedUntil: null),
            Current: true
        );
    }

    /// <summary>Publishes the next list with these entries.</summary>
    public Task PublishAsync(params TrustEntry[] entries) => PublishAsync(list => list, entries);

    /// <summary>Publishes the next list, changed.</summary>
    public async Task PublishAsync(Func<TrustList, TrustList> change, params TrustEntry[] entries)
    {
        var now = DateTimeOffset.UtcNow;
        Published = change(
            new("prod", ++_sequence, now, now.AddHours(12), LedgerMark.Empty, entries, []) { Tokens = new TokenRules(3600, 300) }
        );
        await Rekey.PublishAsync(Published);
    }

    /// <summary>Starts an issuer in this process.</summary>
    public async Task<RunningIssuer> IssuerAsync(
        string name = "issuer-1",
        Action<IssuerOptions>? configure = null,
        TimeProvider? timeProvider = null
    )
    {
        var issuer = await RunningIssuer.StartAsync(Arguments(name), configure, timeProvider);
        _ends.Add(issuer);
        return issuer;
    }

    /// <summary>Starts an issuer as a program.</summary>
    /// <param name="fileLimit">The longest file that it may write, in blocks of 512 bytes; null for no limit.</param>
    public async Task<IssuerProcess> ProcessAsync(string name, int? fileLimit = null, params string[] more)
    {
        var process = await IssuerProcess.StartAsync([.. Arguments(name), .. more], fileLimit);
        _ends.Add(process);
        return process;
    }

    /// <summary>The folder of an issuer's journal.</summary>
    public string Journal(string name = "issuer-1") => Path.Combine(Folder, name, "log", "TokenIssuance");

    /// <summary>All rows on the disk of an issuer, in the order of their numbers.</summary>
    public IReadOnlyList<JsonElement> Rows(string name = "issuer-1") =>
        !Directory.Exists(Journal(name))
            ? []
            :
            [
                .. Directory
                    .EnumerateFiles(Journal(name), "*.ndjson")
                    .SelectMany(ReadLines)
                    .Select(l => JsonSerializer.Deserialize<JsonElement>(l))
                    .OrderBy(r => r.GetProperty("Sequence").GetInt64()),
            ];

    /// <summary>What a row says of the token with this signing input.</summary>
    public static string Hash(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')])));

    public async ValueTask DisposeAsync()
    {
        foreach (var end in _ends)
        {
            await end.DisposeAsync();
        }

        await Rekey.DisposeAsync();
        await Vault.DisposeAsync();
        await _identity.DisposeAsync();
        _http.Dispose();
        _authority.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private string[] Arguments(string name) =>
        [
            "--urls=http://127.0.0.1:0",
            $"--Rekey:Address={Rekey.Address}",
            "--Rekey:Environment=prod",
            $"--Rekey:Folder={Path.Combine(Folder, name)}",
            $"--Rekey:Name={name}",
            $"--Rekey:Issuer={Issuer}",
            $"--Rekey:DocumentKey:kty={Rekey.Public.KeyType}",
            $"--Rekey:DocumentKey:crv={Rekey.Public.Curve}",
            $"--Rekey:DocumentKey:x={Rekey.Public.X}",
            $"--Rekey:DocumentKey:y={Rekey.Public.Y}",
            $"--Sample:VaultToken={_identity.Mint(IssuerId, Audiences.KeyVault)}",
            $"--Sample:CaFile={CaFile}",
        ];

    /// <summary>The lines of a file that an issuer may write at the same time.</summary>
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
