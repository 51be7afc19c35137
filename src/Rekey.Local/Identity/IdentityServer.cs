using System.Collections.Concurrent;
using System.Security.Cryptography;
using Rekey.Local.Tls;

namespace Rekey.Local.Identity;

/// <summary>
/// One Entra tenant on this machine: the App Service managed-identity endpoint (http on loopback, as the real one), and an https
/// authority with discovery, signing keys and the client-credentials grant. All tokens have one issuer and the shape of version 2.0
/// access tokens; the real service gives version 1.0 tokens to some resources, which differ in <c>iss</c> only as far as the stand-ins
/// look.
/// </summary>
public sealed class IdentityServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ManagedIdentity> _identities = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, RegisteredClient> _clients = new(StringComparer.OrdinalIgnoreCase);
    private readonly IdentityOptions _options;
    private readonly TokenMint _mint;
    private LoopbackHost _authorityHost = null!;
    private LoopbackHost _managedIdentityHost = null!;
    private int _managedIdentityTokens;

    private IdentityServer(IdentityOptions options)
    {
        _options = options;
        _mint = new TokenMint(options.TenantId, options.Time);
        Validator = new TokenValidator(_mint, options.Time);
        IdentityHeader = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    }

    public string TenantId => _options.TenantId;

    /// <summary><c>https://localhost:{port}/{tenant}</c>, as challenges name it.</summary>
    public string TenantAuthority => $"{AuthorityHost}{TenantId}";

    /// <summary>The issuer of every token: <c>https://localhost:{port}/{tenant}/v2.0</c>.</summary>
    public string Issuer => $"{TenantAuthority}/v2.0";

    /// <summary>The <c>iss</c> of security events.</summary>
    public string EventIssuer => $"{TenantAuthority}/events";

    /// <summary>Makes a security event token with these claims.</summary>
    public string MintEvent(System.Text.Json.Nodes.JsonObject claims) => _mint.MintEvent(claims);

    /// <summary>The value for <c>AZURE_AUTHORITY_HOST</c>.</summary>
    public Uri AuthorityHost => _authorityHost.Address;

    /// <summary>The value for <c>IDENTITY_ENDPOINT</c>.</summary>
    public string IdentityEndpoint => $"{_managedIdentityHost.Address}msi/token";

    /// <summary>The value for <c>IDENTITY_HEADER</c>; new at every start.</summary>
    public string IdentityHeader { get; }

    /// <summary>Used by the stand-ins, and by tests that want to look at a token.</summary>
    public TokenValidator Validator { get; }

    /// <summary>The identity for requests that name none; null refuses them.</summary>
    public ManagedIdentity? DefaultIdentity { get; set; }

    /// <summary>The tenant's clock.</summary>
    internal DateTimeOffset Now => _options.Time.GetUtcNow();

    /// <summary>The number of tokens that the managed-identity endpoint has given.</summary>
    public int ManagedIdentityTokens => Volatile.Read(ref _managedIdentityTokens);

    /// <summary>Starts both endpoints.</summary>
    /// <exception cref="IOException">A fixed port is taken.</exception>
    public static async Task<IdentityServer> StartAsync(
        IdentityOptions options,
        LocalCertificateAuthority authority,
        CancellationToken cancellationToken = default
    )
    {
        var server = new IdentityServer(options);
        try
        {
            server._authorityHost = await LoopbackHost.StartAsync(options.Port, authority.Leaf, server.MapAuthority, cancellationToken);
            server._mint.Issuer = server.Issuer;
            server._managedIdentityHost = await LoopbackHost.StartAsync(
                options.ManagedIdentityPort,
                null,
                server.MapManagedIdentity,
                cancellationToken
            );
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds or replaces a managed identity.</summary>
    public void Register(ManagedIdentity identity, bool asDefault = false)
    {
        _identities[identity.ClientId] = identity;
        if (asDefault)
        {
            DefaultIdentity = identity;
        }
    }

    /// <summary>Adds or replaces an application that signs in with a secret.</summary>
    public void Register(RegisteredClient client) => _clients[client.ClientId] = client;

    /// <summary>Makes a token without asking any endpoint.</summary>
    /// <param name="objectId">The caller's <c>oid</c>.</param>
    /// <param name="audience">The resource.</param>
    /// <param name="roles">App roles; none when null.</param>
    /// <param name="lifetime">Null takes the configured one; zero or less makes a token that has already expired.</param>
    /// <param name="appId">The <c>appid</c>; null takes the object id.</param>
    public string Mint(
        string objectId,
        string audience,
        IEnumerable<string>? roles = null,
        TimeSpan? lifetime = null,
        string? appId = null
    ) => _mint.Mint(objectId, audience, roles ?? [], appId ?? objectId, lifetime ?? _options.TokenLifetime).Token;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await (_authorityHost?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_managedIdentityHost?.DisposeAsync() ?? ValueTask.CompletedTask);
        _mint.Dispose();
    }

    internal ManagedIdentity? FindIdentity(string? clientId) =>
        clientId is null ? DefaultIdentity : _identities.GetValueOrDefault(clientId);

    internal RegisteredClient? FindClient(string clientId) => _clients.GetValueOrDefault(clientId);

    internal (string Token, DateTimeOffset Expires) MintFor(
        string objectId,
        string appId,
        string audience,
        IReadOnlyDictionary<string, string[]>? roles
    )
    {
        var granted = roles?.FirstOrDefault(r => SameAudience(r.Key, audience)).Value ?? [];
        return _mint.Mint(objectId, audience, granted, appId, _options.TokenLifetime);
    }

    internal bool Knows(string audience) =>
        new[] { Audiences.KeyVault, Audiences.Graph, Audiences.Storage, Audiences.ResourceManager, Audiences.LogAnalytics }
            .Concat(_options.KnownAudiences)
            .Concat(_identities.Values.SelectMany(i => i.Roles?.Keys ?? []))
            .Concat(_clients.Values.SelectMany(c => c.Roles?.Keys ?? []))
            .Any(known => SameAudience(known, audience));

    internal void CountManagedIdentityToken() => Interlocked.Increment(ref _managedIdentityTokens);

    private static bool SameAudience(string left, string right) =>
        string.Equals(left.TrimEnd('/'), right.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);

    private void MapAuthority(WebApplication app)
    {
        DiscoveryEndpoint.Map(app, this, _mint.Jwks);
        TokenEndpoint.Map(app, this);
    }

    private void MapManagedIdentity(WebApplication app) => ManagedIdentityEndpoint.Map(app, this, _options.Time);
}
