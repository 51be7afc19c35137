using System.Diagnostics;
using System.Security.Cryptography;
using Rekey.Benchmarks.Measuring;
using Rekey.Local.Replay;
using Rekey.Local.Worlds;
using Spectre.Console;

namespace Rekey.Benchmarks.Apps;

/// <summary>How long a stolen key lives after the event was accepted.</summary>
internal static class Departures
{
    public static async Task<Table> RunAsync(Run run, CancellationToken cancellationToken)
    {
        var count = run.Times(50, quick: 2);
        var keys = Enumerable.Range(0, count).Select(i => new WorldKey($"key-{i:00}", BenchmarkCompany.PersonOf($"person {i}"))).ToList();
        var (world, rekey) = await BenchmarkCompany.StartAsync(keys, run.App, throttled: false, cancellationToken);
        await using var _ = world;
        var times = new List<double>();
        foreach (var key in keys)
        {
            times.Add(await LeaveAsync(world, rekey, key, cancellationToken));
            Console.Error.WriteLine($"{key.Name}: {times[^1]:0.00} s");
        }

        times.Sort();
        return new Table()
            .AddColumns("departures", "median", "worst")
            .AddRow($"{count}", $"{times[count / 2]:0.00} s", $"{times[^1]:0.00} s");
    }

    private static async Task<double> LeaveAsync(World world, RekeyClient rekey, WorldKey key, CancellationToken cancellationToken)
    {
        var old = (await rekey.TrustListAsync(cancellationToken)).Keys.Single(e => e.IssuerName == key.Name);
        using var thief = new Attacker(key, old.Kid, (ECDsa)world.Vault.ExportPrivateKey(key.Name, old.Version));
        world.Graph.AddUser(new(key.Custodians[0], "leaver@contoso.example", "Leaver"));
        await world.Graph.DisableAsync(key.Custodians[0]);
        var watch = Stopwatch.StartNew();
        while (
            (await rekey.IntrospectAsync(thief.Forge("customer"), cancellationToken)).GetProperty("active").GetBoolean()
            || (await world.Http.GetStringAsync(world.JwksAddress(key), cancellationToken)).Contains(old.Kid, StringComparison.Ordinal)
        )
        {
            await Task.Delay(10, cancellationToken);
        }

        return watch.Elapsed.TotalSeconds;
    }
}
