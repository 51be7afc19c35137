using Rekey.Core;
using Rekey.Detections;
using static Rekey.DuckDb.Tests.Folders.FolderHouse;

namespace Rekey.DuckDb.Tests.Folders;

/// <summary>The app reads its log folders by the same maps as the command line.</summary>
public sealed class FolderMapTests : IDisposable
{
    private const string Map = """
        { "GatewayAccess": [
          { "files": "edge/*", "preset": "ours", "where": [{ "column": "code", "isNot": 401 }] },
          { "files": "*.csv", "csv": { "delimiter": ";" }, "TimeGenerated": "zeit", "Iss": { "constant": "i" }, "Jti": "kennung",
            "Sub": "wer" } ] }
        """;

    private readonly FolderHouse _house = new();

    public void Dispose() => _house.Dispose();

    [Fact]
    public async Task Several_shapes_are_one_batch()
    {
        UseMap(Map);
        _house.Write("issued/i.ndjson", Issue("good"), Issue("other"));
        _house.Write("access/edge/a.log.ndjson", Edge("good", 200), Edge("forged-1", 200), Edge("refused", 401));
        _house.Write("access/b.csv", "zeit;kennung;wer", "2026-03-01T11:56:00Z;other;ann", "2026-03-01T11:56:00Z;forged-2;ann");
        _house.Settle();
        Assert.Equal(
            ["forged-1", "forged-2"],
            (await _house.SweepAsync())!.Where(s => s.Verdict is Verdict.Unissued).Select(s => s.Token.Jti!).Order(StringComparer.Ordinal)
        );
        Assert.Contains(_house.Reports, r => r.Stream == LogViews.GatewayAccessName && r.Reading is { Filtered: 1, BadLines: 0 });
    }

    /// <summary>A header shows that the map is wrong; rows of JSON may lack a column, and a forger writes them.</summary>
    [Fact]
    public async Task A_missing_column_stops_a_batch_only_where_a_header_shows_it()
    {
        UseMap("""{ "GatewayAccess": { "Kid": "kidd" } }""");
        _house.Write("access/a.ndjson", Access("forged"));
        _house.Settle();
        Assert.Equal("forged", Assert.Single((await _house.SweepAsync())!).Token.Jti);
        Assert.Contains(_house.Reports, r => r.Reading.Absent.Any(a => a.Contains("'kidd'", StringComparison.Ordinal)));

        _house.Write("access/b.csv", "TimeGenerated,Iss,Jti,Kid", "2026-03-01T11:56:00Z,i,forged,k");
        _house.Settle();
        var e = await Assert.ThrowsAsync<CannotContinueException>(() => _house.SweepAsync());
        Assert.Equal("bad-mapping", e.Reason);
        Assert.Contains("did you mean 'Kid'?", e.Message);
    }

    private void UseMap(string map)
    {
        _house.Options.MappingFile = _house.Write("map.json", map);
        _house.Write(
            "presets/ours.json",
            """
            { "view": "GatewayAccess", "recognise": ["t"],
              "source": { "TimeGenerated": "t", "Iss": { "constant": "i" }, "Jti": "id", "Sub": "who" } }
            """
        );
        _house.Options.PresetsFolder = Path.GetDirectoryName(_house.Write("presets/readme.txt", ""));
    }

    private static string Edge(string jti, int code) => $$"""{"t":"2026-03-01T11:55:00Z","id":"{{jti}}","who":"ann","code":{{code}}}""";
}
