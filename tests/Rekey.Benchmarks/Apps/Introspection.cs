using System.Security.Cryptography;
using System.Text;
using Rekey.Benchmarks.Measuring;
using Rekey.Benchmarks.Peers;
using Rekey.Local.Replay;
using Rekey.Local.Worlds;
using Spectre.Console;

namespace Rekey.Benchmarks.Apps;

/// <summary>
/// Functions over HTTP, 32 connections, in rounds of one run: introspection of valid ES256 tokens and the key set, beside a function of
/// the same worker that does next to nothing (Healthz answers from memory), plain Kestrel and npm oidc-provider. All of Rekey's calls go
/// through the local Functions host, as the worker answers no others.
/// </summary>
internal static class Introspection
{
    /// <summary>Four times what an instance remembers, asked in order: none of them is remembered when it comes round again.</summary>
    private const int Distinct = 40_000;
    private const int Rounds = 5;

    /// <summary>Its quick-start store forgets what goes beyond a thousand.</summary>
    private const int Opaque = 400;

    private const int Milliseconds = 4000;

    private const string NoOp = "Healthz";

    public static async Task<Table> RunAsync(Run run, CancellationToken cancellationToken)
    {
        var (distinct, measured, time) = (
            run.Times(Distinct, 200),
            run.Times(Rounds, 1),
            TimeSpan.FromMilliseconds(run.Times(Milliseconds, 200))
        );
        var (world, address, requests, entra) = await StartAsync(run.App, distinct, cancellationToken);
        byte[] Get(string path) => System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n");
        await using var _ = world;
        await using var plain = await PlainKestrel.StartAsync(cancellationToken);
        await using var provider = await OidcProvider.StartAsync(cancellationToken);
        var opaque = await provider.IssueAsync(run.Times(Opaque, 20), cancellationToken);
        byte[] Ask(string token) => Load.Request(provider.Address, OidcProvider.Path, provider.Header, token);

        const string Active = "\"active\":true";
        (string Name, Load Load)[] loads =
        [
            ("plain Kestrel", new(plain.Address, [.. requests.Take(1000)], Active)),
            (NoOp, new(address, [Get("/healthz")], "healthy")),
            ("GetJwks", new(address, [Get("/issuers/shop/jwks.json")], "\"kid\"")),
            ("distinct tokens", new(address, requests, Active)),
            ("one repeated", new(address, [requests[0]], Active)),
            ("distinct, Entra", new(address, entra, Active)),
            ("oidc-provider", new(provider.Address, [.. opaque.Select(Ask)], Active)),
            ("oidc, one repeated", new(provider.Address, [Ask(opaque[0])], Active)),
        ];
        var results = loads.ToDictionary(l => l.Name, _ => new List<LoadResult>(), StringComparer.Ordinal);
        for (var round = 0; round <= measured; round++)
        {
            foreach (var (name, load) in loads)
            {
                var result = await load.RunAsync(time, cancellationToken);
                Console.Error.WriteLine($"round {round} {name}: {result.PerSecond:0} a second, p99 {result.P99:0.0} ms");
                if (round > 0)
                {
                    results[name].Add(result);
                }
            }
        }

        var table = new Table().AddColumns("32 connections", "a second", "of Kestrel", "of Healthz", "median", "p99");
        var (baseline, noOp) = (Median(results["plain Kestrel"], r => r.PerSecond), Median(results[NoOp], r => r.PerSecond));
        foreach (var (name, rounds) in results)
        {
            table.AddRow(
                name,
                $"{Median(rounds, r => r.PerSecond):0}",
                $"{Median(rounds, r => r.PerSecond) / baseline:0.00}",
                $"{Median(rounds, r => r.PerSecond) / noOp:0.00}",
                $"{Median(rounds, r => r.Median):0.0} ms",
                $"{Median(rounds, r => r.P99):0.0} ms"
            );
        }

        var best = results.Where(r => r.Key.StartsWith("oidc", StringComparison.Ordinal)).Max(r => Median(r.Value, x => x.PerSecond));
        return table.Caption(
            $"distinct tokens: {Median(results["distinct tokens"], r => r.PerSecond) / best:0.0} times the better of "
                + "oidc-provider's (opaque tokens)"
        );
    }

    private static async Task<(World World, Uri Host, IReadOnlyList<byte[]> Keyed, IReadOnlyList<byte[]> Entra)> StartAsync(
        string? app,
        int distinct,
        CancellationToken cancellationToken
    )
    {
        var gatewayKey = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var world = await World.StartAsync(
            new()
            {
                Keys = [new("shop")],
                AppRoot = app,
                Progress = new Progress<string>(Console.Error.WriteLine),
                Settings = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["Rekey__Auth__GatewayKeys__0__Name"] = "edge",
                    ["Rekey__Auth__GatewayKeys__0__Sha256"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(gatewayKey))),

                    // As a company has it; a local world's half second is for people who watch.
                    ["Rekey__Trust__InstanceCache"] = "00:00:02",
                },
            },
            cancellationToken
        );
        try
        {
            var rekey = new RekeyClient(world);
            await rekey.TakeBaselineAsync(cancellationToken);
            var current = (await rekey.TrustListAsync(cancellationToken)).Keys.Single();
            using var issuer = new Attacker(world.Keys[0], current.Kid, (ECDsa)world.Vault.ExportPrivateKey("shop", current.Version));
            Console.Error.WriteLine($"minting {distinct} tokens");
            var tokens = Enumerable.Range(0, distinct).Select(n => issuer.Forge($"customer-{n}")).ToList();
            var (address, entra) = (world.Host.Address, world.TokenFor("Gateway"));
            return (
                world,
                address,
                [.. tokens.Select(t => Load.Request(address, "/introspect", $"X-Rekey-Key: {gatewayKey}", t))],
                [.. tokens.Select(t => Load.Request(address, "/introspect", $"Authorization: Bearer {entra}", t))]
            );
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    private static double Median(IReadOnlyCollection<LoadResult> results, Func<LoadResult, double> of) =>
        results.Select(of).Order().ElementAt(results.Count / 2);
}
