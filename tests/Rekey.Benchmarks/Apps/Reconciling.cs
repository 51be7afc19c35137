using System.Diagnostics;
using Rekey.Benchmarks.Measuring;
using Rekey.Local.Graph;
using Rekey.Local.Worlds;
using Spectre.Console;

namespace Rekey.Benchmarks.Apps;

/// <summary>Comparing the accounts of a directory, a fifth of them closed long ago: the first time, without changes, and with one leaver
/// of whom no event came; at 10,000 and 100,000 people, and a tenth and twice of the latter.</summary>
internal static class Reconciling
{
    public static async Task<Table> RunAsync(Run run, CancellationToken cancellationToken)
    {
        int[] sizes = run.Quick ? [100, 1_000] : [10_000, 100_000, 200_000];
        var table = new Table().AddColumns(["people", "pages alone", "first run", "ratio", "without changes", "leaver found"]);
        foreach (var size in sizes)
        {
            table.AddRow(await MeasureAsync(size, run.App, cancellationToken));
        }

        return table;
    }

    private static async Task<string[]> MeasureAsync(int size, string? app, CancellationToken cancellationToken)
    {
        var leaver = BenchmarkCompany.PersonOf("leaver");
        var (world, rekey) = await BenchmarkCompany.StartAsync([new WorldKey("shop", leaver)], app, throttled: false, cancellationToken);
        await using var _ = world;
        for (var n = 0; n < size; n++)
        {
            var id = BenchmarkCompany.PersonOf($"person {n}");
            world.Graph.AddUser(new GraphUser(id, $"person{n}@contoso.example", $"Person {n}") { AccountEnabled = n % 5 != 0 });
        }

        world.Graph.AddUser(new(leaver, "leaver@contoso.example", "Leaver"));
        Console.Error.WriteLine($"{size:n0} people");
        var bare = await PagesAsync(world, cancellationToken);
        var first = await TimeAsync(world, cancellationToken);
        var idle = await TimeAsync(world, cancellationToken);

        world.Graph.Changed = null;
        await world.Graph.DisableAsync(leaver);
        var found = await TimeAsync(world, cancellationToken);
        if (await rekey.GetAsync($"departures/{world.Identity.TenantId}~{leaver}~1", "Reader", cancellationToken) is null)
        {
            throw new InvalidOperationException("The leaver was not found.");
        }

        return
        [
            $"{size:n0}",
            $"{bare.TotalSeconds:0.0} s",
            $"{first.TotalSeconds:0.0} s",
            $"{first / bare:0.00}",
            $"{idle.TotalMilliseconds:0} ms",
            $"{found.TotalMilliseconds:0} ms",
        ];
    }

    /// <summary>Reads the same pages and does nothing with them.</summary>
    private static async Task<TimeSpan> PagesAsync(World world, CancellationToken cancellationToken)
    {
        var token = world.Identity.Mint(World.AppObjectId, "https://graph.microsoft.com", ["User.Read.All"]);
        var watch = Stopwatch.StartNew();
        for (var address = new Uri(world.Graph.Address, "v1.0/users/delta?$select=id,accountEnabled"); address is not null; )
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Authorization = new("Bearer", token);
            using var reply = await world.Http.SendAsync(request, cancellationToken);
            reply.EnsureSuccessStatusCode();
            using var page = System.Text.Json.JsonDocument.Parse(await reply.Content.ReadAsByteArrayAsync(cancellationToken));
            address = page.RootElement.TryGetProperty("@odata.nextLink", out var next) ? new Uri(next.GetString()!) : null;
        }

        return watch.Elapsed;
    }

    /// <summary>Runs the timer function until it has run in full: it stops at its deadline and goes on.</summary>
    private static async Task<TimeSpan> TimeAsync(World world, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        await world.Host.TriggerTimerAsync("ReconcileDepartures", cancellationToken);
        return watch.Elapsed;
    }
}
