using System.Reflection;
using Rekey.EndToEnd.Tests.Support;

namespace Rekey.EndToEnd.Tests.Repository;

/// <summary>The command that measures, with a few of each: its tables have the columns that docs/benchmarks.md quotes. No figure is
/// checked.</summary>
public sealed class BenchmarkTests
{
    private static readonly (string What, string Head, string Rows)[] All =
    [
        ("departures", "departures +│ median +│ worst", @"2 +│ [0-9.]+ s +│ [0-9.]+ s"),
        ("startup", "app +│ first answer, median +│ worst +│ working set, median", "as built +│ [0-9]+ ms +│ [0-9]+ ms +│ [0-9]+ MiB"),
        (
            "append",
            "writers +│ entries a second, median +│ beside one writer",
            @"1 +│ [0-9]+ +│ 1\.00 [\s\S]*16 in one process +│ [0-9]+ +│ [0-9.]+ [\s\S]*16 processes +│ [0-9]+ +│ [0-9.]+"
        ),
        (
            "throttle",
            "time +│ ratio",
            @"3 rotates, the throttle alone +│ [0-9.]+ s +│ 1 [\s\S]*3 keys rotated +│ [0-9.]+ s +│ [0-9.]+ [\s\S]*"
                + @"3 old versions out of the trust list +│ [0-9.]+ s [\s\S]*versions made +│ 3 "
        ),
        (
            "reconcile",
            "people +│ pages alone +│ first run +│ ratio +│ without changes +│ leaver found",
            @"1,000 +│ [0-9.]+ s +│ [0-9.]+ s +│ [0-9.]+ +│ [0-9]+ ms +│ [0-9]+ ms"
        ),
        (
            "sweep",
            "sweep +│ time, median +│ beside DuckDB's own +│ peak memory",
            @"120,000 x 120,000, +│ [0-9.]+ s +│ [0-9.]+ of both +│ [0-9]+ MiB[\s\S]*NDJSON: rekey sweep"
        ),
        (
            "times",
            "times +│ user CPU time, median +│ beside ISO 8601",
            @"texts: 2026-11-20T10:10:00Z +│ [0-9.]+ s +│ 1\.00 [\s\S]*numbers: milliseconds, claims in[a-z ]+│ [0-9.]+ s +│ [0-9.]+ "
        ),
        (
            "introspect",
            "32 connections +│ a second +│ of Kestrel +│ of Healthz +│ median +│ p99",
            @"plain Kestrel +│ [0-9]+ +│ 1\.00 [\s\S]*Healthz +│ [0-9]+ +│ [0-9.]+ +│ 1\.00 [\s\S]*GetJwks +│ [0-9]+ [\s\S]*"
                + @"distinct tokens +│ [0-9]+ +│ [0-9.]+ +│ [0-9.]+ +│ [0-9.]+ ms +│ [0-9.]+ ms [\s\S]*"
                + @"oidc-provider +│ [0-9]+ [\s\S]*times the better of oidc-provider's"
        ),
        (
            "blocklist",
            "entries +│ 1,000 +│ 10,000 +│ 20,000",
            @"signed +│ [0-9,]+ +│ [0-9,]+ +│ [0-9,]+ [\s\S]*gzip +│ [0-9,]+ +│ [0-9,]+ +│ [0-9,]+ [\s\S]*"
                + @"checked and opened +│ [0-9.]+ ms +│ [0-9.]+ ms +│ [0-9.]+ ms [\s\S]*"
                + @"asked about a token +│ [0-9.]+ µs +│ [0-9.]+ µs +│ [0-9.]+ µs [\s\S]*"
                + @"memory +│ [0-9.]+ MiB"
        ),
    ];

    /// <summary>Every run starts one mode with an app and one without. `REKEY_ALL_BENCHMARKS=1`, which the job `benchmarks` sets, starts
    /// all.</summary>
    public static TheoryData<string, string, string> Modes
    {
        get
        {
            var isAll = Environment.GetEnvironmentVariable("REKEY_ALL_BENCHMARKS") is "1";
            var modes = new TheoryData<string, string, string>();
            foreach (var (what, head, rows) in All.Where(m => isAll || m.What is "departures" or "blocklist"))
            {
                modes.Add(what, head, rows);
            }

            return modes;
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task It_measures_what_the_docs_say(string what, string head, string rows)
    {
        var (exit, output) = await RunAsync(what, "--quick");
        Assert.True(exit == 0, output);
        Assert.Matches(head, output);
        Assert.Matches(rows, output);
        Assert.Matches("[0-9]+ cores, .NET 10", output);
    }

    [Fact]
    public async Task A_sweep_of_a_few_rows_is_measured_too()
    {
        var (exit, output) = await RunAsync("sweep", "--rows", "7", "--text-rows", "1003", "--rounds", "1");
        Assert.True(exit == 0, output);
        Assert.Matches(
            @"7 x 7, Parquet: rekey +│ [0-9.]+ s +│ [0-9.]+ of both[\s\S]*1,003 x 1,003, gzip +│ [0-9.]+ s +│ [0-9.]+ of both",
            output
        );
    }

    [Fact]
    public async Task What_cannot_be_measured_is_said_and_not_tried()
    {
        var (exit, output) = await RunAsync("sweep", "--rows", "0", "--rounds", "-1");
        Assert.Equal(1, exit);
        Assert.Contains("--rows must be 1 at least, and is 0.", output);
        Assert.Contains("--rounds must be 1 at least, and is -1.", output);
    }

    private static Task<(int Exit, string Output)> RunAsync(params string[] arguments)
    {
        var facts = typeof(BenchmarkTests)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .ToDictionary(a => a.Key, a => a.Value!);
        var project = Path.Combine(facts["RepositoryFolder"], "tests", "Rekey.Benchmarks");
        return Programs.RunAsync(["run", "--no-build", "-c", facts["BuildConfiguration"], "--project", project, "--", .. arguments]);
    }
}
