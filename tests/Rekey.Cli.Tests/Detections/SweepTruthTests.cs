using System.Text.Json;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Detections;

/// <summary>Sample logs in, exactly their truth out.</summary>
public sealed class SweepTruthTests
{
    [Theory]
    [InlineData("ndjson", 1, 200)]
    [InlineData("csv", 2, 90)]
    [InlineData("parquet", 3, 30)]
    [InlineData("parquet", 4, 2)]
    public async Task A_sweep_finds_every_row_of_the_truth_and_no_other(string format, int seed, int days)
    {
        using var folder = new TemporaryFolder();
        (
            await Tool.RunAsync(
                "sample-logs",
                folder["try"],
                "--format",
                format,
                "--seed",
                $"{seed}",
                "--days",
                $"{days}",
                "--accesses",
                "4000",
                "--subjects",
                "900",
                "--quiet"
            )
        ).Ended(0);
        // A process of its own, with a thread for each processor.
        var run = (
            await Tool.RunProcessAsync(
                Tool.Program,
                environment: null,
                input: "",
                "sweep",
                "--issued",
                folder["try", "issued"],
                "--access",
                folder["try", "access"],
                "--output",
                "json",
                "--quiet"
            )
        ).Ended(2);
        using var found = JsonDocument.Parse(run.Output);
        using var truth = JsonDocument.Parse(
            await File.ReadAllTextAsync(folder["try", "truth.json"], TestContext.Current.CancellationToken)
        );

        SampleFixture.HoldsExactly(truth, found);
        Assert.True(JsonElement.DeepEquals(truth.RootElement.GetProperty("verdicts"), found.RootElement.GetProperty("verdicts")));
        Assert.True(JsonElement.DeepEquals(truth.RootElement.GetProperty("damage"), found.RootElement.GetProperty("damages")[0]));
        Assert.Empty(found.RootElement.GetProperty("issuanceGaps").EnumerateArray());
        Assert.Equal(0, found.RootElement.GetProperty("badLines").GetProperty("accesses").GetProperty("lines").GetInt32());
        Assert.True(found.RootElement.GetProperty("foundForgery").GetBoolean());
    }
}
