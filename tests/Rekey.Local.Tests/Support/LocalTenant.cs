using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Rekey.Local.Identity;
using Rekey.Local.KeyVault.Permissions;
using Rekey.Local.KeyVault.Server;
using Rekey.Local.Tls;

namespace Rekey.Local.Tests.Support;

/// <summary>A tenant of a test's own: authority, identity, a clock that stands still, and a folder that goes away.</summary>
public sealed class LocalTenant : IAsyncDisposable
{
    public const string Officer = "aaaaaaaa-0000-0000-0000-00000000000a";
    public const string Nobody = "bbbbbbbb-0000-0000-0000-00000000000b";
    public const string ApiVersion = "2025-07-01";
    private readonly List<IAsyncDisposable> _servers = [];

    private LocalTenant(string folder, LocalCertificateAuthority authority, FakeTimeProvider time, IdentityServer identity)
    {
        Folder = folder;
        Authority = authority;
        Time = time;
        Identity = identity;
        Http = new HttpClient(authority.CreateHandler());
    }

    public string Folder { get; }

    public LocalCertificateAuthority Authority { get; }

    public FakeTimeProvider Time { get; }

    public IdentityServer Identity { get; }

    public HttpClient Http { get; }

    public static async Task<LocalTenant> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("rekey-local-").FullName;
        var authority = LocalCertificateAuthority.Create(folder);
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 5, 4, 10, 0, 0, TimeSpan.Zero));
        var identity = await IdentityServer.StartAsync(new IdentityOptions { Time = time }, authority);
        return new LocalTenant(folder, authority, time, identity);
    }

    public async Task<KeyVaultServer> StartVaultAsync(Func<KeyVaultOptions, KeyVaultOptions>? change = null)
    {
        var options = new KeyVaultOptions
        {
            Name = "kv-test",
            Folder = Path.Combine(Folder, "kv-test"),
            Grants = new Dictionary<string, KeyPermissions> { [Officer] = KeyPermissions.CryptoOfficer },
            Time = Time,
        };
        return Own(await KeyVaultServer.StartAsync(change?.Invoke(options) ?? options, Identity, Authority));
    }

    public T Own<T>(T server)
        where T : IAsyncDisposable
    {
        _servers.Add(server);
        return server;
    }

    /// <summary>Calls a vault as the officer, or with the token given (empty: none).</summary>
    public async Task<Answer> CallAsync(
        KeyVaultServer vault,
        string method,
        string path,
        object? body = null,
        string? token = null,
        string apiVersion = ApiVersion
    )
    {
        var separator = path.Contains('?') ? '&' : '?';
        var address = path.StartsWith("https:", StringComparison.Ordinal)
            ? path
            : $"{vault.Address}{path}{(apiVersion.Length == 0 ? "" : $"{separator}api-version={apiVersion}")}";
        return await SendAsync(method, address, body, token ?? Identity.Mint(Officer, Audiences.KeyVault));
    }

    public async Task<Answer> SendAsync(
        string method,
        string address,
        object? body,
        string token,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (token.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new StringContent(
                body as string ?? System.Text.Json.JsonSerializer.Serialize(body),
                Encoding.UTF8,
                "application/json"
            );
        }

        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response.Headers);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        Http.Dispose();
        await Identity.DisposeAsync();
        Authority.Dispose();
        Directory.Delete(Folder, true);
    }
}
