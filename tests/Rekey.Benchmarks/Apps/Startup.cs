using System.Diagnostics;
using Rekey.Benchmarks.Measuring;
using Spectre.Console;

namespace Rekey.Benchmarks.Apps;

/// <summary>How long the worker takes from its start to its first answer over HTTP, and what memory it has then.</summary>
internal static class Startup
{
    public static async Task<Table> RunAsync(Run run, CancellationToken cancellationToken)
    {
        var starts = run.Times(9, quick: 1);
        // Healthy is an app whose lists are out.
        var (world, _) = await BenchmarkCompany.StartAsync([new("shop")], run.App, throttled: false, cancellationToken);
        await using var running = world;
        var (times, memory) = (new List<double>(), new List<double>());
        for (var start = 0; start < starts; start++)
        {
            var watch = Stopwatch.StartNew();
            await world.Host.RestartWorkerAsync(cancellationToken);
            using (var answer = await world.Http.GetAsync(new Uri(world.HostAddress, "healthz"), cancellationToken))
            {
                answer.EnsureSuccessStatusCode();
            }

            times.Add(watch.Elapsed.TotalMilliseconds);
            using var worker = Process.GetProcessById(world.Host.WorkerPid!.Value);
            memory.Add(worker.WorkingSet64 / 1048576.0);
        }

        times.Sort();
        memory.Sort();
        return new Table()
            .AddColumns("app", "first answer, median", "worst", "working set, median")
            .AddRow(run.App ?? "as built", $"{times[starts / 2]:0} ms", $"{times[^1]:0} ms", $"{memory[starts / 2]:0} MiB");
    }
}
