using System.Diagnostics;
using Rekey.Local.Worlds;
using Spectre.Console;

namespace Rekey.Benchmarks;

/// <summary>How long the handler takes from its start to its first answer, and what memory it has then.</summary>
internal static class Startup
{
    private const int Runs = 9;

    public static async Task<Table> RunAsync(string? app, CancellationToken cancel)
    {
        await using var world = await World.StartAsync(new() { Keys = [new("shop")], AppRoot = app }, cancel);
        var (times, memory) = (new List<double>(), new List<double>());
        for (var run = 0; run < Runs; run++)
        {
            var watch = Stopwatch.StartNew();
            await world.Host.RestartHandlerAsync(cancel);
            times.Add(watch.Elapsed.TotalMilliseconds);
            using var handler = Process.GetProcessById(world.Host.HandlerPid!.Value);
            memory.Add(handler.WorkingSet64 / 1048576.0);
        }

        times.Sort();
        memory.Sort();
        return new Table().AddColumns("app", "first answer, median", "worst", "working set, median")
            .AddRow(app ?? "as built", $"{times[Runs / 2]:0} ms", $"{times[^1]:0} ms", $"{memory[Runs / 2]:0} MiB");
    }
}
