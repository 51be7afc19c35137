using System.Text.Json;

namespace Rekey.Cli.Tests.Support;

/// <summary>One set of small sample logs for all tests that only read it.</summary>
public sealed class SampleFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public string Issued => _folder["try", "issued"];

    public string Access => _folder["try", "access"];

    public string Windows => _folder["try", "windows.json"];

    public JsonElement Truth { get; private set; }

    public async ValueTask InitializeAsync()
    {
        (
            await Tool.RunAsync(
                "sample-logs",
                _folder["try"],
                "--accesses",
                "3000",
                "--days",
                "40",
                "--subjects",
                "800",
                "--seed",
                "11",
                "--quiet"
            )
        ).Ended(0);
        Truth = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["try", "truth.json"])).RootElement;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The short form, as the help teaches it.</summary>
    internal Task<ToolRun> SweepShortAsync(params string[] more) =>
        Tool.RunAsync(["sweep", "--issued", Issued, "--access", Access, .. more]);

    internal Task<ToolRun> SweepAsync(params string[] more) =>
        Tool.RunAsync(["sweep", "--issued", Issued, "--access", Access, "--windows", Windows, .. more]);

    /// <summary>Every row of the truth was found, and no other, under each of the seven verdicts.</summary>
    internal static void HoldsExactly(JsonDocument truth, JsonDocument found)
    {
        var (expected, sightings) = (Rows(truth), Rows(found));
        Assert.Equal(
            7,
            truth.RootElement.GetProperty("sightings").EnumerateArray().Select(s => s.GetProperty("verdict").GetString()).Distinct().Count()
        );
        Assert.Empty(expected.Except(sightings));
        Assert.Empty(sightings.Except(expected));
        Assert.Equal(expected.Count, sightings.Count);
    }

    private static List<string> Rows(JsonDocument document) =>
        [.. document.RootElement.GetProperty("sightings").EnumerateArray().Select(s => s.ToString()).Order(StringComparer.Ordinal)];

    /// <summary>The first token that has a verdict and no other.</summary>
    internal string JtiOf(string verdict)
    {
        var sightings = Truth
            .GetProperty("sightings")
            .EnumerateArray()
            .Where(s => s.TryGetProperty("jti", out _))
            .ToLookup(s => s.GetProperty("jti").GetString()!, s => s.GetProperty("verdict").GetString()!);
        return sightings.First(g => g.All(v => v == verdict)).Key;
    }
}
