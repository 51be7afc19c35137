using Rekey.Benchmarks.Measuring;
using Spectre.Console;

namespace Rekey.Benchmarks.Logs;

/// <summary>
/// <c>rekey sweep</c> over generated logs, beside what DuckDB itself needs for one bare anti-join of accesses with issuances and one bare
/// group-by on <c>jti</c> over the same files: same memory limit, same threads, each a process of its own.
/// </summary>
internal static class Sweeping
{
    private const long MemoryLimit = 1_200_000_000;

    public static async Task<Table> RunAsync(SweptLogs logs, int rounds, CancellationToken cancellationToken)
    {
        var table = new Table().AddColumns("sweep", "time, median", "beside DuckDB's own", "peak memory");
        foreach (var form in new[] { SweptForm.Parquet, SweptForm.Ndjson })
        {
            Console.Error.WriteLine($"making {logs.RowsOf(form):N0} + {logs.RowsOf(form):N0} rows of {form}");
            await logs.MakeAsync(form, cancellationToken);
            await MeasureAsync(logs, form, rounds, table, cancellationToken);
        }

        return table;
    }

    private static async Task MeasureAsync(SweptLogs logs, SweptForm form, int rounds, Table table, CancellationToken cancellationToken)
    {
        var (access, issued) = (logs.Reader(form, SweptLogs.Access), logs.Reader(form, SweptLogs.Issued));
        (string Name, Func<Task<ProcessFigures>> Run)[] runs =
        [
            ("DuckDB, anti-join on iss and jti", () =>
                BareDuckDb.RunAsync(
                    $"SELECT count(*) FROM {access} a ANTI JOIN {issued} i ON a.Iss = i.Iss AND a.Jti = i.Jti",
                    MemoryLimit,
                    logs.Folder,
                    cancellationToken
                )
            ),
            ("DuckDB, group-by on jti", () =>
                BareDuckDb.RunAsync(
                    $"SELECT count(*) FROM (SELECT Jti, count(*) FROM {access} GROUP BY Jti)",
                    MemoryLimit,
                    logs.Folder,
                    cancellationToken
                )
            ),
            ("rekey sweep", () => RekeyAsync(logs, form, cancellationToken)),
        ];
        var results = runs.ToDictionary(r => r.Name, _ => new List<ProcessFigures>(), StringComparer.Ordinal);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, run) in runs)
            {
                var figures = await run();
                Console.Error.WriteLine($"{form} round {round}: {name} {figures.Time.TotalSeconds:0.0} s, {figures.PeakBytes >> 20} MiB");
                results[name].Add(figures);
            }
        }

        var bare = runs.SkipLast(1).Sum(r => Median(results[r.Name]));
        foreach (var (name, _) in runs)
        {
            var ratio = name == "rekey sweep" ? $"{Median(results[name]) / bare:0.00} of both" : "";
            table.AddRow(
                $"{logs.RowsOf(form):N0} x {logs.RowsOf(form):N0}, {(form is SweptForm.Parquet ? "Parquet" : "gzip NDJSON")}: {name}",
                $"{Median(results[name]):0.0} s",
                ratio,
                $"{results[name].Max(f => f.PeakBytes) >> 20} MiB"
            );
        }
    }

    private static Task<ProcessFigures> RekeyAsync(SweptLogs logs, SweptForm form, CancellationToken cancellationToken)
    {
        const int FoundForgery = 2;
        return CommandLine.RunAsync(
            [
                "sweep",
                "--issued",
                logs.PathOf(form, SweptLogs.Issued),
                "--access",
                logs.PathOf(form, SweptLogs.Access),
                "--windows",
                logs.WindowsFile,
                "--memory-limit",
                $"{MemoryLimit / 1_000_000}MB",
                // A few rows leave silences that would hold the forged tokens back.
                "--min-silence",
                "3650d",
                "--quiet",
                "--out-file",
                Path.Combine(logs.Folder, "swept.txt"),
            ],
            FoundForgery,
            cancellationToken
        );
    }

    private static double Median(IReadOnlyList<ProcessFigures> figures) =>
        figures.Select(f => f.Time.TotalSeconds).Order().ElementAt(figures.Count / 2);
}
