using System.Globalization;
using System.Text.Json;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Mapping;

/// <summary>Gateways that log in several shapes: one map for all of them, from --suggest-map or by hand.</summary>
public sealed class SeveralShapesTests : IDisposable
{
    private static readonly string[] Forged = ["forged-1", "forged-2", "forged-3"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Forty tokens and three forged ones, of which each gateway saw a third, each in a shape of its own.</summary>
    private void Write()
    {
        var tokens = Enumerable.Range(0, 40).Select(i => $"token-{i}").ToList();
        _folder.Write(
            "issued/a.ndjson",
            Lines(
                tokens.Select(t => $$$"""{"at":{{{Ms(0)}}},"token":{"iss":"https://i","jti":"{{{t}}}","sub":"u","iat_ms":{{{Ms(0)}}}}}""")
            )
        );
        var accesses = tokens.Concat(Forged).Select((t, i) => (Token: t, At: 60 + i)).ToList();
        _folder.Write(
            "access/edge/gw-1.ndjson",
            Lines(
                accesses
                    .Where((_, i) => i % 3 == 0)
                    .Select(a =>
                        $$$"""{"when":{{{Ms(a.At)}}},"tok":{"iss":"https://i","id":"{{{a.Token}}}"},"net":{"src":"192.0.2.1"},"code":200}"""
                    )
            )
        );
        _folder.Write(
            "access/gw-2.csv",
            "when_ms;issuer;token_id;source_ip;status\n"
                + Lines(accesses.Where((_, i) => i % 3 == 1).Select(a => $"{Ms(a.At)};https://i;{a.Token};192.0.2.2;200"))
        );
        _folder.Write(
            "access/gw-3.ndjson",
            Lines(
                accesses
                    .Where((_, i) => i % 3 == 2)
                    .Select(a =>
                        "{\"log\":"
                        + JsonSerializer.Serialize($$"""{"ts":"{{Iso(a.At)}}","iss":"https://i","jti":"{{a.Token}}"}""" + "\n")
                        + ",\"stream\":\"stdout\",\"time\":\"x\"}"
                    )
            )
        );
    }

    [Fact]
    public async Task One_suggested_map_for_three_shapes_finds_every_forged_token()
    {
        Write();
        var suggested = (await SweepAsync("--suggest-map")).Ended(0);
        var sources = JsonDocument.Parse(suggested.Output).RootElement.GetProperty("GatewayAccess");
        Assert.Equal(3, sources.GetArrayLength());
        Assert.All(sources.EnumerateArray(), s => Assert.True(s.TryGetProperty("files", out _)));
        var map = _folder.Write("map.json", suggested.Output);
        var json = JsonDocument.Parse((await SweepAsync("--map", map, "--output", "json", "--quiet")).Ended(2).Output).RootElement;
        Assert.Equal(43, json.GetProperty("accesses").GetInt64());
        Assert.Equal(
            Forged,
            json.GetProperty("sightings")
                .EnumerateArray()
                .Where(s => s.GetProperty("verdict").GetString() == "unissued")
                .Select(s => s.GetProperty("jti").GetString()!)
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task What_is_unsure_is_said_of_each_shape()
    {
        _folder.Write("issued/i.csv", "time,iss,jti\n2026-03-01T10:00:00Z,https://i,j1\n");
        _folder.Write("access/a.ndjson", """{"ts":"2026-03-01T10:00:00Z","iss":"https://i","jti":"j1","status":401}""");
        _folder.Write("access/b.ndjson", """{"ts":"2026-03-01T10:00:00Z","wer":"https://i","was":"j1"}""");
        _folder.Write("access/c.csv", "");
        var run = (await SweepAsync("--suggest-map")).Ended(0);
        Assert.Contains("a.ndjson has requests that were refused (401 or 403)", run.Error, StringComparison.Ordinal);
        Assert.Contains("GatewayAccess[1].Iss must be there, but no column of b.ndjson", run.Error, StringComparison.Ordinal);
        Assert.Contains("ts, wer, was", run.Error, StringComparison.Ordinal);
        Assert.Contains("c.csv was not looked at", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_of_one_shape_are_one_source_although_rows_lack_columns()
    {
        _folder.Write("issued/i.csv", "time,iss,jti\n2026-03-01T10:00:00Z,https://i,j1\n");
        _folder.Write("access/a.ndjson", """{"ts":"2026-03-01T10:00:00Z","iss":"https://i","jti":"j1"}""");
        _folder.Write("access/b.ndjson", """{"ts":"2026-03-01T10:00:00Z","iss":"https://i","jti":"j1","kid":"k","ip":"192.0.2.1"}""");
        var map = JsonDocument.Parse((await SweepAsync("--suggest-map")).Ended(0).Output).RootElement.GetProperty("GatewayAccess");
        Assert.Equal(JsonValueKind.Object, map.ValueKind);
        Assert.Equal("kid", map.GetProperty("Kid").GetString());
        Assert.False(map.TryGetProperty("files", out _));
    }

    [Fact]
    public async Task A_known_exporter_is_suggested_by_its_name_also_one_of_an_own_folder()
    {
        _folder.Write(
            "issued/kc.ndjson",
            """
            {"time":1772359200123,"type":"CODE_TO_TOKEN","realmId":"r","realmName":"shop","clientId":"web","details":{"token_id":"j1"}}
            {"time":1772359200123,"type":"LOGIN","realmId":"r","realmName":"shop","clientId":"web","details":{}}
            """
        );
        _folder.Write("access/a.ndjson", """{"zeit":"2026-03-01T10:01:00Z","kennung":"j2","iss":"https://login.example/realms/shop"}""");
        _folder.Write(
            "presets/ours.json",
            """
            { "about": "Ours.", "view": "GatewayAccess", "recognise": ["zeit"],
              "source": { "TimeGenerated": "zeit", "Jti": "kennung" } }
            """
        );
        var run = (await SweepAsync("--suggest-map", "--presets", _folder["presets"])).Ended(0);
        var map = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("keycloak-events", map.GetProperty("TokenIssuance").GetProperty("preset").GetString());
        Assert.Equal("ours", map.GetProperty("GatewayAccess").GetProperty("preset").GetString());
        Assert.Equal("iss", map.GetProperty("GatewayAccess").GetProperty("Iss").GetString());
        Assert.Contains("TokenIssuance.Iss must be there", run.Error, StringComparison.Ordinal);

        var right = run.Output.Replace("\"?\"", """{ "template": "https://login.example/realms/{realmName}" }""", StringComparison.Ordinal);
        var judged = await SweepAsync("--map", _folder.Write("map.json", right), "--presets", _folder["presets"], "--output", "json");
        var json = JsonDocument.Parse(judged.Ended(2).Output).RootElement;
        Assert.Equal("j2", Assert.Single(json.GetProperty("sightings").EnumerateArray()).GetProperty("jti").GetString());
        Assert.Equal(1, json.GetProperty("badLines").GetProperty("issuances").GetProperty("filtered").GetInt64());
        Assert.Contains("the map took out 1 other line(s)", judged.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    [InlineData("sarif")]
    [InlineData("ocsf")]
    public async Task A_column_that_no_file_has_stops_every_format(string format)
    {
        _folder.Write("issued/i.ndjson", """{"TimeGenerated":"2026-03-01T10:00:00Z","Iss":"https://i","Jti":"j1"}""");
        _folder.Write("access/a.ndjson", """{"TimeGenerated":"2026-03-01T10:01:00Z","Iss":"https://i","Jti":"jX"}""");
        var map = _folder.Write("map.json", """{ "GatewayAccess": { "Jti": "jti" } }""");
        var run = (await SweepAsync("--map", map, "--output", format)).Ended(1);
        Assert.Contains(
            "GatewayAccess.Jti: no file of this source has 'jti' (a.ndjson); did you mean 'Jti'?",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Contains("docs/maps.md", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_requests_are_taken_out()
    {
        _folder.Write("issued/i.ndjson", """{"TimeGenerated":"2026-03-01T10:00:00Z","Iss":"https://i","Jti":"j1"}""");
        _folder.Write(
            "access/a.ndjson",
            """
            {"TimeGenerated":"2026-03-01T10:01:00Z","Iss":"https://i","Jti":"j1","StatusCode":200}
            {"TimeGenerated":"2026-03-01T10:01:00Z","Iss":"https://i","Jti":"jX","StatusCode":401}
            """
        );
        (await SweepAsync()).Ended(2);
        var map = _folder.Write("map.json", """{ "GatewayAccess": { "where": [{ "column": "StatusCode", "isNot": 401 }] } }""");
        (await SweepAsync("--map", map)).Ended(0);
        var none = _folder.Write("none.json", """{ "GatewayAccess": { "where": [{ "column": "StatusCode", "is": 5 }] } }""");
        Assert.Contains("take out all 2 line(s)", (await SweepAsync("--map", none)).Ended(1).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ndjson", """{"TimeGenerated":"2026-03-01T10:01:00Z","Iss":"https://i","Claims":"{\"jti\":\"jX\",\"sub\":\"u9\"}"}""")]
    [InlineData("csv", "TimeGenerated,Iss,Claims\n2026-03-01T10:01:00Z,https://i,\"{\"\"jti\"\":\"\"jX\"\",\"\"sub\"\":\"\"u9\"\"}\"")]
    public async Task A_path_into_json_as_text_is_read_in_every_format(string extension, string text)
    {
        _folder.Write("issued/i.ndjson", """{"TimeGenerated":"2026-03-01T10:00:00Z","Iss":"https://i","Jti":"j1"}""");
        _folder.Write($"access/a.{extension}", text);
        var map = _folder.Write("map.json", """{ "GatewayAccess": { "Jti": "Claims.jti", "Sub": "Claims.sub" } }""");
        var json = JsonDocument.Parse((await SweepAsync("--map", map, "--output", "json")).Ended(2).Output).RootElement;
        Assert.Equal("jX", Assert.Single(json.GetProperty("sightings").EnumerateArray()).GetProperty("jti").GetString());
    }

    [Fact]
    public async Task A_map_with_a_typo_names_the_page()
    {
        Write();
        var run = (await SweepAsync("--map", _folder.Write("map.json", """{ "GatewayAcess": {} }"""))).Ended(1);
        Assert.Contains("did you mean 'GatewayAccess'?", run.Error, StringComparison.Ordinal);
        Assert.Contains("docs/maps.md", run.Error, StringComparison.Ordinal);
        Assert.Contains("docs/maps.md", (await Tool.RunAsync("sweep", "--help")).Ended(0).Output, StringComparison.Ordinal);
    }

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(l => $"{l}\n"));

    private static long Ms(int seconds) => 1772359200000 + seconds * 1000L;

    private static string Iso(int seconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Ms(seconds)).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private Task<ToolRun> SweepAsync(params string[] more) =>
        Tool.RunAsync(["sweep", "--issued", _folder["issued"], "--access", _folder["access"], .. more]);
}
