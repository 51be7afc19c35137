using System.Text;
using System.Text.Json;
using Rekey.Core;
using Rekey.Detections;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Tests.Detections;
using Rekey.DuckDb.Tests.Files;

namespace Rekey.DuckDb.Tests.Mapping;

/// <summary>Each preset reads a small log of its exporter. The shapes are those of public samples, the values are invented.</summary>
public sealed class PresetTests : IDisposable
{
    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "presets");
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Names => [.. LogPresets.BuiltIn.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_preset_reads_the_log_of_its_exporter(string name)
    {
        var preset = LogPresets.BuiltIn.Find(name)!;
        var expected = JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(Samples, $"{name}.expected.json")));
        var isIssuance = preset.View == LogViews.TokenIssuanceName;
        var sample = Directory.EnumerateFiles(Samples, $"{name}.log*").Single();
        _folder.Write($"log/a{Path.GetExtension(sample)}", await File.ReadAllTextAsync(sample));
        _folder.Write("none/none.ndjson", "");
        var map = $$"""{ "{{preset.View}}": { "preset": "{{name}}"{{expected.GetProperty("map").GetString()}} } }""";
        await using var logs = await LogFiles.OpenAsync(
            new(
                [_folder.File(isIssuance ? "log" : "none")],
                [_folder.File(isIssuance ? "none" : "log")],
                LogMapping.Parse(map, "map.json")
            ),
            CaseEngine.Options,
            null,
            TestContext.Current.CancellationToken
        );
        var reading = isIssuance ? logs.Issued : logs.Access;
        Assert.Equal([], reading.Sample.Select(b => $"{b.Line}: {b.Reason}"));
        Assert.Equal(expected.GetProperty("filtered").GetInt64(), reading.Filtered);
        foreach (var row in expected.GetProperty("rows").EnumerateArray())
        {
            var history = await logs.ExplainAsync(row.GetProperty("Jti").GetString()!, TestContext.Current.CancellationToken);
            var read = Assert.Single(isIssuance ? history.Issuances : history.Accesses);
            Assert.Equal(
                row.EnumerateObject()
                    .Select(m => KeyValuePair.Create(m.Name, m.Value.GetString()!))
                    .OrderBy(m => m.Key, StringComparer.Ordinal),
                read.Columns.OrderBy(m => m.Key, StringComparer.Ordinal)
            );
        }

        Assert.Equal(expected.GetProperty("rows").GetArrayLength(), reading.Rows);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_preset_is_recognised_by_its_log_alone(string name)
    {
        var sample = Directory.EnumerateFiles(Samples, $"{name}.log*").Single();
        var path = _folder.Write($"a{Path.GetExtension(sample)}", File.ReadAllText(sample));
        var rows = Assert.Single(LogSample.Read([path], new DuckDbOptions(), TestContext.Current.CancellationToken)).Rows;
        var preset = LogPresets.BuiltIn.Find(name)!;
        Assert.Equal(name, LogPresets.BuiltIn.Recognise(preset.View, rows)?.Name);
    }

    [Fact]
    public async Task A_preset_of_a_folder_is_used_and_wins_over_a_built_in_one()
    {
        foreach (var name in new[] { "mine", "envoy" })
        {
            _folder.Write(
                $"presets/{name}.json",
                """
                { "about": "x", "view": "GatewayAccess", "recognise": ["zeit"],
                  "source": { "TimeGenerated": "zeit", "Jti": "kennung", "Iss": { "constant": "i" } } }
                """
            );
        }

        _folder.Write("access/a.ndjson", """{"zeit":"2026-03-01T10:00:00Z","kennung":"j1"}""");
        var presets = LogPresets.Read(_folder.File("presets"));
        foreach (var name in new[] { "mine", "envoy" })
        {
            var map = $$"""{ "GatewayAccess": { "preset": "{{name}}" } }""";
            Assert.Equal("j1", Assert.Single(await MappedFiles.AccessesAsync(_folder, map, presets)).Token.Jti);
        }
    }

    [Theory]
    [InlineData("[]", "no JSON object")]
    [InlineData("{", "no preset")]
    [InlineData("""{ "view": "GatewayAccess", "recognize": [] }""", "did you mean 'recognise'")]
    [InlineData("""{ "view": "Access", "recognise": [], "source": {} }""", "needs view")]
    [InlineData("""{ "view": "GatewayAccess", "recognise": [], "source": { "Jty": "x" } }""", "did you mean 'Jti'")]
    public void A_mistake_in_a_preset_is_named_with_its_file(string json, string words)
    {
        _folder.Write("presets/mine.json", json);
        var e = Assert.Throws<CannotContinueException>(() => LogPresets.Read(_folder.File("presets")));
        Assert.Contains("mine.json", e.Message);
        Assert.Contains(words, e.Message);
    }

    [Fact]
    public async Task A_column_that_the_preset_cannot_know_must_be_given()
    {
        _folder.Write("access/a.ndjson", await File.ReadAllTextAsync(Path.Combine(Samples, "envoy.log.ndjson")));
        var e = await Assert.ThrowsAsync<CannotContinueException>(() =>
            MappedFiles.OpenAsync(_folder, """{ "GatewayAccess": { "preset": "envoy" } }""")
        );
        Assert.Contains("GatewayAccess.Iss", e.Message);
    }
}
