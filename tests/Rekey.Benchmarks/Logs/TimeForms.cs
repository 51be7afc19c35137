using DuckDB.NET.Data;
using Rekey.Benchmarks.Measuring;
using Spectre.Console;

namespace Rekey.Benchmarks.Logs;

/// <summary>
/// <c>rekey sweep</c> over the same sample logs in gzip NDJSON, whose times are written in several forms: the CPU time of each beside that
/// of ISO 8601 texts with a Z.
/// </summary>
internal static class TimeForms
{
    private const string Iso = "texts: 2026-11-20T10:10:00Z";
    private const string Text = "strftime({0}, '%Y-%m-%dT%H:%M:%S')";

    /// <summary>The SQL of a time: {0} is a TIMESTAMP. Claims have whole seconds, as in tokens.</summary>
    private static readonly IReadOnlyList<(string Name, string Generated, string Claim)> Forms =
    [
        (Iso, $"{Text} || 'Z'", $"{Text} || 'Z'"),
        ("numbers: milliseconds, claims in seconds", "epoch_ms({0})", "epoch_ms({0}) // 1000"),
        ("numbers: nanoseconds, claims in seconds", "epoch_us({0}) * 1000", "epoch_ms({0}) // 1000"),
        ("numbers: seconds with a fraction", "epoch_ms({0}) / 1000.0", "epoch_ms({0}) / 1000.0"),
        ("texts of numbers", "epoch_ms({0})::VARCHAR", "(epoch_ms({0}) // 1000)::VARCHAR"),
        ("texts without an offset", Text, Text),
        ("texts with an offset", $"{Text} || '+00:00'", $"{Text} || '+00:00'"),
        ("time_local, claims in seconds", "strftime({0}, '%d/%b/%Y:%H:%M:%S +0000')", "epoch_ms({0}) // 1000"),
    ];

    public static async Task<Table> RunAsync(string folder, int accesses, int rounds, CancellationToken cancellationToken)
    {
        var sample = Path.Combine(folder, "sample");
        await CommandLine.RunAsync(["sample-logs", sample, "--accesses", $"{accesses}", "--quiet"], 0, cancellationToken);
        for (var form = 0; form < Forms.Count; form++)
        {
            Make(sample, FolderOf(folder, form), Forms[form].Generated, Forms[form].Claim);
        }

        // In turn, so that what else the machine does falls on all of them.
        var times = Forms.Select(_ => new List<double>()).ToList();
        for (var round = 0; round < rounds; round++)
        {
            for (var form = 0; form < Forms.Count; form++)
            {
                times[form].Add((await SweepAsync(FolderOf(folder, form), cancellationToken)).UserTime.TotalSeconds);
                Console.Error.WriteLine($"round {round}: {Forms[form].Name} {times[form][^1]:0.00} s");
            }
        }

        var table = new Table().AddColumns("times", "user CPU time, median", "beside ISO 8601");
        var medians = times.Select(t => t.Order().ElementAt(t.Count / 2)).ToList();
        foreach (var (form, median) in Forms.Zip(medians))
        {
            table.AddRow(form.Name, $"{median:0.00} s", $"{median / medians[0]:0.00}");
        }

        return table;
    }

    private static string FolderOf(string folder, int form) => Path.Combine(folder, $"form-{form}");

    private static void Make(string sample, string target, string generated, string claim)
    {
        using var duck = new DuckDBConnection("DataSource=:memory:");
        duck.Open();
        BareDuckDb.Execute(duck, "SET TimeZone = 'UTC'");
        foreach (var stream in new[] { SweptLogs.Issued, SweptLogs.Access })
        {
            Directory.CreateDirectory(Path.Combine(target, stream));
            var written = string.Join(
                ", ",
                new[] { ("TimeGenerated", generated), ("IssuedAt", claim), ("ExpiresAt", claim) }.Select(c =>
                    $"{c.Item2.Replace("{0}", $"{c.Item1}::TIMESTAMP")} AS {c.Item1}"
                )
            );
            BareDuckDb.Execute(
                duck,
                $"COPY (SELECT * REPLACE ({written}) FROM read_json('{sample}/{stream}/**/*.ndjson.gz', format = 'newline_delimited', "
                    + $"hive_partitioning = false, union_by_name = true)) TO '{target}/{stream}/all.ndjson.gz' "
                    + "(FORMAT json, COMPRESSION gzip)"
            );
        }
    }

    private static Task<ProcessFigures> SweepAsync(string folder, CancellationToken cancellationToken)
    {
        const int FoundForgery = 2;
        return CommandLine.RunAsync(
            [
                "sweep",
                "--issued",
                Path.Combine(folder, SweptLogs.Issued),
                "--access",
                Path.Combine(folder, SweptLogs.Access),
                "--quiet",
                "--output",
                Path.Combine(folder, "swept.txt"),
            ],
            FoundForgery,
            cancellationToken
        );
    }
}
