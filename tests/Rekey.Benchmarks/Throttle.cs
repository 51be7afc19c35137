using System.Diagnostics;
using System.Net;
using Rekey.Local.Worlds;
using Spectre.Console;

namespace Rekey.Benchmarks;

/// <summary>One person's 200 keys, against a vault that makes 20 versions in 10 seconds.</summary>
internal static class Throttle
{
    private const int Count = 200;

    public static async Task<Table> RunAsync(string? app, CancellationToken cancel)
    {
        var person = Company.PersonOf("custodian of everything");
        var keys = Enumerable.Range(0, Count).Select(i => new WorldKey($"key-{i:000}", person)).ToList();
        var (world, rekey) = await Company.StartAsync(keys, app, throttled: true, cancel);
        await using var _ = world;

        Console.Error.WriteLine("the throttle alone");
        var bare = await BareAsync(world, cancel);
        Console.Error.WriteLine($"{bare:0.0} s; now Rekey");
        world.Graph.AddUser(new(person, "leaver@contoso.example", "Leaver"));
        await world.Graph.DisableAsync(person);
        var watch = Stopwatch.StartNew();
        while (keys.Any(k => world.Vault.VersionsOf(k.Name).Count < 2))
        {
            await Task.Delay(20, cancel);
        }

        var rotated = watch.Elapsed.TotalSeconds;
        Console.Error.WriteLine($"rotated after {rotated:0.0} s");
        var (before, verified) = (keys.ToDictionary(k => k.Name, k => world.Vault.VersionsOf(k.Name)[0]), 0);
        while (verified < Count && watch.Elapsed < TimeSpan.FromMinutes(10))
        {
            var trusted = (await rekey.TrustListAsync(cancel)).Keys;
            verified = keys.Count(k => trusted.Any(e => e.IssuerName == k.Name && e.Current) && trusted.All(e => e.Version != before[k.Name]));
            await Task.Delay(100, cancel);
        }

        var contained = watch.Elapsed.TotalSeconds;
        return new Table().AddColumns("", "time", "ratio")
            .AddRow("200 rotates, the throttle alone", $"{bare:0.0} s", "1")
            .AddRow("200 keys rotated", $"{rotated:0.0} s", $"{rotated / bare:0.00}")
            .AddRow($"{verified} old versions out of the trust list", $"{contained:0.0} s", $"{contained / bare:0.00}")
            .AddRow("versions made", $"{keys.Sum(k => world.Vault.VersionsOf(k.Name).Count - 1)}", "");
    }

    /// <summary>As fast as the vault lets anybody: what it refuses is not counted, so asking often loses nothing.</summary>
    private static async Task<double> BareAsync(World world, CancellationToken cancel)
    {
        await world.CreateKeyAsync(world.OwnVault, new("bare"), cancel);
        world.OwnVault.Throttled = true;
        var watch = Stopwatch.StartNew();
        for (var made = 0; made < Count;)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.OwnVault.Address, "keys/bare/rotate?api-version=2025-07-01"));
            request.Headers.Authorization = new("Bearer", world.AdminToken());
            using var reply = await world.Http.SendAsync(request, cancel);
            made += reply.IsSuccessStatusCode ? 1 : 0;
            if (reply.StatusCode is HttpStatusCode.TooManyRequests)
            {
                await Task.Delay(20, cancel);
            }
        }

        world.OwnVault.Throttled = false;
        return watch.Elapsed.TotalSeconds;
    }
}
