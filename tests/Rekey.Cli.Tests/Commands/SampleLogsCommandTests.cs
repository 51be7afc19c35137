using System.IO.Compression;
using System.Text.Json;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Commands;

/// <summary><c>rekey sample-logs</c>: what it writes, and what it refuses to write over.</summary>
public sealed class SampleLogsCommandTests
{
    private static readonly string[] Small = ["--accesses", "2000", "--days", "40", "--subjects", "500"];

    [Fact]
    public async Task It_writes_both_streams_in_several_files_with_windows_and_the_truth_and_says_how_to_go_on()
    {
        using var folder = new TemporaryFolder();
        var run = (await Tool.RunAsync(["sample-logs", folder["try"], .. Small])).Ended(0);
        Assert.Contains(
            $"rekey sweep --issued {folder["try", "issued"]} --access {folder["try", "access"]}",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("lines written", run.Error, StringComparison.Ordinal);
        var accesses = Directory.GetFiles(folder["try", "access"]).Order().ToList();
        Assert.InRange(accesses.Count, 2, 40);
        Assert.All(accesses, f => Assert.EndsWith(".ndjson.gz", f, StringComparison.Ordinal));

        using var truth = JsonDocument.Parse(
            await File.ReadAllTextAsync(folder["try", "truth.json"], TestContext.Current.CancellationToken)
        );
        Assert.Equal(2_313, truth.RootElement.GetProperty("damage").GetProperty("addresses").GetInt32());
        Assert.Equal(3_004, truth.RootElement.GetProperty("verdicts").GetProperty("unissued").GetProperty("tokens").GetInt32());
        Assert.NotEmpty(
            JsonDocument
                .Parse(await File.ReadAllTextAsync(folder["try", "windows.json"], TestContext.Current.CancellationToken))
                .RootElement.EnumerateArray()
        );

        var lines = accesses.SelectMany(Lines).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.InRange(lines.Count, truth.RootElement.GetProperty("accesses").GetInt32(), int.MaxValue);
        Assert.All(lines, l => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", l.GetProperty("TimeGenerated").GetString()!));
    }

    [Theory]
    [InlineData("2026-03-01", 0)]
    [InlineData("2026-03-01T12:00Z", 0)]
    [InlineData("2026-03-01T12:00:00+02:00", 0)]
    [InlineData("2026-03-01T12:00:00.5Z", 0)]
    [InlineData("2026-03-01T12:00:00.1234567+00:00", 0)]
    [InlineData("01/03/2026", 1)]
    [InlineData("tomorrow", 1)]
    public async Task It_takes_times_of_ISO_8601_and_no_others(string until, int exitCode)
    {
        using var folder = new TemporaryFolder();
        (await Tool.RunAsync(["sample-logs", folder["try"], "--until", until, .. Small])).Ended(exitCode);
    }

    [Fact]
    public async Task The_same_seed_writes_the_same_truth_and_another_seed_another()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, seed) in new[] { ("a", "7"), ("b", "7"), ("c", "8") })
        {
            (await Tool.RunAsync(["sample-logs", folder[name], "--seed", seed, "--format", "csv", .. Small])).Ended(0);
        }

        var (a, b, c) = (
            await File.ReadAllTextAsync(folder["a", "truth.json"], TestContext.Current.CancellationToken),
            await File.ReadAllTextAsync(folder["b", "truth.json"], TestContext.Current.CancellationToken),
            await File.ReadAllTextAsync(folder["c", "truth.json"], TestContext.Current.CancellationToken)
        );
        Assert.Equal(a, b);
        Assert.NotEqual(a, c);
        Assert.Equal(
            await File.ReadAllBytesAsync(folder["a", "access", "access-0001.csv"], TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(folder["b", "access", "access-0001.csv"], TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task A_folder_with_something_in_it_is_left_alone_unless_it_is_forced_and_then_only_sample_files_go()
    {
        using var folder = new TemporaryFolder();
        var mine = folder.Write("mine.txt", "mine");
        var refused = (await Tool.RunAsync(["sample-logs", folder.Path, .. Small])).Ended(1);
        Assert.Contains("is not empty", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);
        Assert.Equal([mine], Directory.GetFileSystemEntries(folder.Path));

        var old = folder.Write("access/access-0999.csv", "old");
        var other = folder.Write("access/other.csv", "other");
        (await Tool.RunAsync(["sample-logs", folder.Path, "--force", "--quiet", .. Small])).Ended(0);
        Assert.True(File.Exists(mine) && File.Exists(other) && !File.Exists(old));
    }

    [Theory]
    [InlineData("--days", "1")]
    [InlineData("--days", "many")]
    [InlineData("--format", "xml")]
    [InlineData("--accesses", "-4")]
    public async Task What_makes_no_sense_is_refused_with_1_and_nothing_is_written(string option, string value)
    {
        using var folder = new TemporaryFolder();
        var run = (await Tool.RunAsync("sample-logs", folder["try"], option, value)).Ended(1);
        Assert.NotEmpty(run.Error);
        Assert.False(Directory.Exists(folder["try"]));
    }

    private static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
