using System.Net.Http.Headers;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Rekey.Local.Replay.Packages;
using Rekey.Local.Tls;
using Rekey.Local.Worlds;

namespace Rekey.Local.Replay;

/// <summary>
/// The company's gateway, in front of its customers' records: <c>/by-jwks/{issuer}</c> checks tokens with a well-known library against
/// the published JWKS, kept as long as its max-age says; <c>/by-introspection/{issuer}</c> asks Rekey; a third one decides in-process, with
/// the package and its lists. 200 accepts, 401 refuses.
/// </summary>
public sealed class Gateway : IAsyncDisposable
{
    private readonly World _world;
    private readonly RekeyClient _rekey;
    private readonly Dictionary<string, (JsonWebKeySet Keys, DateTimeOffset Until)> _cache = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private LoopbackHost? _host;
    private PackageGateway? _package;

    private Gateway(World world, RekeyClient rekey) => (_world, _rekey) = (world, rekey);

    public Uri Address => _host!.Address;

    public static async Task<Gateway> StartAsync(World world, RekeyClient rekey, CancellationToken cancellationToken = default)
    {
        var gateway = new Gateway(world, rekey);
        gateway._host = await LoopbackHost.StartAsync(0, certificate: null, gateway.Map, cancellationToken);
        return gateway;
    }

    /// <summary>Why the gateway with the package refuses a token; null when it accepts it.</summary>
    public async Task<string?> RefusalAsync(string token, CancellationToken cancellationToken = default) =>
        await (await PackageAsync(cancellationToken)).RefusalAsync(token, cancellationToken);

    /// <summary>Calls the gateway as a customer's app does. Gives for each way whether it was accepted.</summary>
    public async Task<(bool ByJwks, bool ByIntrospection, bool ByPackage)> CallAsync(
        WorldKey key,
        string token,
        CancellationToken cancellationToken = default
    ) =>
        (
            await CallAsync(new Uri(Address, $"by-jwks/{key.Name}"), token, cancellationToken),
            await CallAsync(new Uri(Address, $"by-introspection/{key.Name}"), token, cancellationToken),
            await CallAsync((await PackageAsync(cancellationToken)).Address, token, cancellationToken)
        );

    public async ValueTask DisposeAsync()
    {
        await (_package?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
        _turn.Dispose();
    }

    /// <summary>The gateway with the package. It is started with the first call, when there are lists.</summary>
    private async Task<PackageGateway> PackageAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return _package ??= await PackageGateway.StartAsync(_world, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<bool> CallAsync(Uri address, string token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new("Bearer", token);
        using var reply = await _world.Http.SendAsync(request, cancellationToken);
        return reply.IsSuccessStatusCode;
    }

    private void Map(WebApplication app) =>
        app.Run(async context =>
        {
            var parts = context.Request.Path.Value!.Trim('/').Split('/');
            var key = _world.Keys.FirstOrDefault(k => k.Name == parts[^1]);
            var token =
                AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header) && header.Scheme == "Bearer"
                    ? header.Parameter
                    : null;
            var accepted =
                key is not null
                && token is not null
                && parts is [var way, _]
                && way switch
                {
                    "by-jwks" => await ByJwksAsync(key, token, context.RequestAborted),
                    "by-introspection" => (await _rekey.IntrospectAsync(token, context.RequestAborted)).GetProperty("active").GetBoolean(),
                    _ => false,
                };
            context.Response.StatusCode = accepted ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized;
            await context.Response.WriteAsync(accepted ? "customer records" : "no");
        });

    private async Task<bool> ByJwksAsync(WorldKey key, string token, CancellationToken cancellationToken)
    {
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ValidIssuer = key.Issuer,
                ValidAudience = key.Audience,
                ValidAlgorithms = ["ES256"],
                ValidTypes = ["at+jwt"],
                IssuerSigningKeys = (await KeysAsync(key, cancellationToken)).GetSigningKeys(),
            }
        );
        return result.IsValid;
    }

    private async Task<JsonWebKeySet> KeysAsync(WorldKey key, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var now = DateTimeOffset.UtcNow;
            if (_cache.TryGetValue(key.Name, out var kept) && now < kept.Until)
            {
                return kept.Keys;
            }

            using var reply = await _world.Http.GetAsync(_world.JwksAddress(key), cancellationToken);
            reply.EnsureSuccessStatusCode();
            var keys = new JsonWebKeySet(await reply.Content.ReadAsStringAsync(cancellationToken));
            _cache[key.Name] = (keys, now + (reply.Headers.CacheControl?.MaxAge ?? TimeSpan.Zero));
            return keys;
        }
        finally
        {
            _turn.Release();
        }
    }
}
