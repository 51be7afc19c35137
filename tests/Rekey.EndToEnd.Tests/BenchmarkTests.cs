using System.Reflection;
using Rekey.EndToEnd.Tests.Support;

namespace Rekey.EndToEnd.Tests;

/// <summary>The README's command that measures, with a few of each: its tables have the columns that the README quotes. No figure is held to anything.</summary>
public sealed class BenchmarkTests
{
    [Theory]
    [InlineData("departures", "departures +│ median +│ worst", @"2 +│ [0-9.]+ s +│ [0-9.]+ s")]
    [InlineData("startup", "app +│ first answer, median +│ worst +│ working set, median", "as built +│ [0-9]+ ms +│ [0-9]+ ms +│ [0-9]+ MiB")]
    [InlineData("throttle", "time +│ ratio", @"3 rotates, the throttle alone +│ [0-9.]+ s +│ 1 [\s\S]*3 keys rotated +│ [0-9.]+ s +│ [0-9.]+ [\s\S]*3 old versions out of the trust list +│ [0-9.]+ s [\s\S]*versions made +│ 3 ")]
    [InlineData("sweep", "sweep +│ time, median +│ beside DuckDB's own +│ peak memory", @"120,000 x 120,000, +│ [0-9.]+ s +│ [0-9.]+ of both +│ [0-9]+ MiB[\s\S]*NDJSON: rekey sweep")]
    public async Task It_measures_what_the_readme_says(string what, string head, string rows)
    {
        var (exit, output) = await RunAsync(what, "--quick");
        Assert.True(exit == 0, output);
        Assert.Matches(head, output);
        Assert.Matches(rows, output);
        Assert.Matches("[0-9]+ cores, .NET 10", output);
    }

    private static Task<(int Exit, string Output)> RunAsync(params string[] arguments)
    {
        var facts = typeof(BenchmarkTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(a => a.Key, a => a.Value!);
        var project = Path.Combine(facts["RepositoryFolder"], "tests", "Rekey.Benchmarks");
        return Programs.RunAsync(["run", "--no-build", "-c", facts["BuildConfiguration"], "--project", project, "--", .. arguments]);
    }
}
