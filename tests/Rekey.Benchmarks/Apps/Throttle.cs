using System.Diagnostics;
using System.Net;
using Rekey.Benchmarks.Measuring;
using Rekey.Local.Worlds;
using Spectre.Console;

namespace Rekey.Benchmarks.Apps;

/// <summary>One person's 200 keys, against a vault that makes 20 versions in 10 seconds.</summary>
internal static class Throttle
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    public static async Task<Table> RunAsync(Run run, CancellationToken cancellationToken)
    {
        var count = run.Times(200, quick: 3);
        var person = BenchmarkCompany.PersonOf("custodian of everything");
        var keys = Enumerable.Range(0, count).Select(i => new WorldKey($"key-{i:000}", person)).ToList();
        var (world, rekey) = await BenchmarkCompany.StartAsync(keys, run.App, throttled: true, cancellationToken);
        await using var _ = world;

        Console.Error.WriteLine("the throttle alone");
        var bare = await BareAsync(world, count, cancellationToken);
        Console.Error.WriteLine($"{bare:0.0} s; now Rekey");
        world.Graph.AddUser(new(person, "leaver@contoso.example", "Leaver"));
        await world.Graph.DisableAsync(person);
        var watch = Stopwatch.StartNew();
        while (keys.Any(k => world.Vault.VersionsOf(k.Name).Count < 2))
        {
            await Task.Delay(20, cancellationToken);
        }

        var rotated = watch.Elapsed.TotalSeconds;
        Console.Error.WriteLine($"rotated after {rotated:0.0} s");
        var (before, verified) = (keys.ToDictionary(k => k.Name, k => world.Vault.VersionsOf(k.Name)[0]), 0);
        while (verified < count && watch.Elapsed < TimeSpan.FromMinutes(10))
        {
            var trusted = (await rekey.TrustListAsync(cancellationToken)).Keys;
            verified = keys.Count(k =>
                trusted.Any(e => e.IssuerName == k.Name && e.Current) && trusted.All(e => e.Version != before[k.Name])
            );
            await Task.Delay(100, cancellationToken);
        }

        var contained = watch.Elapsed.TotalSeconds;
        WriteWindows(world);
        return new Table()
            .AddColumns("", "time", "ratio")
            .AddRow($"{count} rotates, the throttle alone", $"{bare:0.0} s", "1")
            .AddRow($"{count} keys rotated", $"{rotated:0.0} s", $"{rotated / bare:0.00}")
            .AddRow($"{verified} old versions out of the trust list", $"{contained:0.0} s", $"{contained / bare:0.00}")
            .AddRow("versions made", $"{keys.Sum(k => world.Vault.VersionsOf(k.Name).Count - 1)}", "");
    }

    /// <summary>Where the time went: how late each of the vault's windows was opened, and how many versions came through it.</summary>
    private static void WriteWindows(World world)
    {
        var rotates = world.Vault.Audit.Where(a => a.OperationName == "KeyRotate").OrderBy(a => a.Time).ToList();
        var (opened, made, refused, number) = (rotates[0].Time, 0, 0, 1);
        foreach (var rotate in rotates.Append(rotates[^1] with { HttpStatus = 200, Time = DateTimeOffset.MaxValue }))
        {
            if (rotate.HttpStatus == 200 && rotate.Time >= opened + Window)
            {
                var late = rotate.Time == DateTimeOffset.MaxValue ? 0 : (rotate.Time - opened - Window).TotalSeconds;
                Console.Error.WriteLine($"window {number++}: {made} versions, {refused} refusals, the next one opened {late:0.00} s late");
                (opened, made, refused) = (rotate.Time, 0, 0);
            }

            (made, refused) = rotate.HttpStatus == 200 ? (made + 1, refused) : (made, refused + 1);
        }
    }

    /// <summary>As fast as the vault lets anybody: what it refuses is not counted, so asking often loses nothing.</summary>
    private static async Task<double> BareAsync(World world, int count, CancellationToken cancellationToken)
    {
        await world.Admin.CreateKeyAsync(world.OwnVault, new("bare"), cancellationToken);
        world.OwnVault.Throttled = true;
        var watch = Stopwatch.StartNew();
        for (var made = 0; made < count; )
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Post,
                new Uri(world.OwnVault.Address, "keys/bare/rotate?api-version=2025-07-01")
            );
            request.Headers.Authorization = new("Bearer", world.Admin.VaultToken());
            using var reply = await world.Http.SendAsync(request, cancellationToken);
            made += reply.IsSuccessStatusCode ? 1 : 0;
            if (reply.StatusCode is HttpStatusCode.TooManyRequests)
            {
                await Task.Delay(20, cancellationToken);
            }
        }

        world.OwnVault.Throttled = false;
        return watch.Elapsed.TotalSeconds;
    }
}
