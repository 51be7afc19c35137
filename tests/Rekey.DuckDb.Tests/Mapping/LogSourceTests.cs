using Rekey.Core;
using Rekey.DuckDb.Tests.Files;

namespace Rekey.DuckDb.Tests.Mapping;

/// <summary>A map with several sources: which file is read by which, and where a column comes from.</summary>
public sealed class LogSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("\"files\": \"gw-1*\",", "\"files\": \"*.csv\",")]
    [InlineData("\"files\": \"edge/*.ndjson\",", "")]
    [InlineData("", "\"files\": [\"nowhere\", \"**/gw-2.csv\"],")]
    [InlineData("", "")]
    public async Task Each_file_is_read_by_the_first_source_that_fits(string first, string second)
    {
        _folder.Write("access/edge/gw-1.ndjson", """{"when":1790000000123,"tok":{"iss":"i","id":"j1"}}""");
        _folder.Write("access/core/gw-2.csv", "when_s;issuer;token_id\n1790000001;i;j2\n");
        var seen = await MappedFiles.AccessesAsync(
            _folder,
            $$"""
            { "GatewayAccess": [
              { {{first}} "TimeGenerated": { "from": "when", "form": "epoch-milliseconds" }, "Iss": "tok.iss", "Jti": "tok.id" },
              { {{second}} "csv": { "delimiter": ";" },
                "TimeGenerated": { "from": "when_s", "form": "epoch-seconds" }, "Iss": "issuer", "Jti": "token_id" } ] }
            """
        );
        Assert.Equal(
            [("j1", 1790000000123), ("j2", 1790000001000)],
            seen.Select(s => (s.Token.Jti!, s.FirstSeen.ToUnixTimeMilliseconds()))
        );
    }

    [Fact]
    public async Task A_file_that_no_source_reads_is_a_bad_file_with_its_columns()
    {
        _folder.Write("access/a.ndjson", """{"t":"2026-03-01T10:00:00Z","Iss":"i","Jti":"j1"}""");
        _folder.Write("access/other.csv", "wann,wer\n1,2\n");
        await using var logs = await MappedFiles.OpenAsync(
            _folder,
            """{ "GatewayAccess": [ { "files": "*.ndjson", "TimeGenerated": "t" }, { "files": "*.parquet", "TimeGenerated": "u" } ] }"""
        );
        var bad = Assert.Single(logs.Access.Sample);
        Assert.Equal((1, 1), (logs.Access.Rows, logs.Access.BadFiles));
        Assert.EndsWith("other.csv", bad.File);
        Assert.Contains("No source of the map reads it", bad.Reason);
        Assert.Contains("wann, wer", bad.Reason);
    }

    [Theory]
    [InlineData("ndjson", """{"a":{"b":"x"},"c":"y"}""", "x")]
    [InlineData("ndjson", """{"a":{"b":""},"c":"y"}""", "y")]
    [InlineData("ndjson", """{"c":"y"}""", "y")]
    [InlineData("csv", "c,d\ny,\n", "y")]
    [InlineData("csv", "d,c\nx,y\n", "y")]
    public async Task The_first_column_with_a_value_is_taken(string extension, string text, string jti)
    {
        _folder.Write($"access/a.{extension}", text);
        var seen = await MappedFiles.AccessesAsync(
            _folder,
            """
            { "GatewayAccess": { "TimeGenerated": { "constant": "2026-03-01T10:00:00Z" }, "Iss": { "constant": "i" },
              "Jti": { "firstOf": ["a.b", "c", ["e"]] } } }
            """
        );
        Assert.Equal(jti, Assert.Single(seen).Token.Jti);
    }

    [Fact]
    public async Task A_column_comes_from_the_folder_of_each_file()
    {
        foreach (var (issuer, jti) in new[] { ("https%3A%2F%2Fa.example%2F", "j1"), ("b", "j2"), ("https%3A%2F%2Fa.example%2F", "j3") })
        {
            _folder.Write($"access/Iss={issuer}/{jti}.csv", $"TimeGenerated,Jti\n2026-03-01T10:00:00Z,{jti}\n");
        }

        var seen = await MappedFiles.AccessesAsync(_folder, """{ "GatewayAccess": { "Iss": { "folder": "Iss" } } }""");
        Assert.Equal(
            [("j1", "https://a.example/"), ("j2", "b"), ("j3", "https://a.example/")],
            seen.Select(s => (s.Token.Jti!, s.Token.Iss))
        );
    }

    [Fact]
    public async Task A_template_puts_columns_and_texts_together()
    {
        _folder.Write(
            "access/a.ndjson",
            """
            {"TimeGenerated":"2026-03-01T10:00:00Z","realm":{"name":"shop"},"Jti":"j1"}
            {"TimeGenerated":"2026-03-01T10:00:00Z","Jti":"j2"}
            """
        );
        await using var logs = await MappedFiles.OpenAsync(
            _folder,
            """{ "GatewayAccess": { "Iss": { "template": "https://login.example/realms/{realm.name}/" } } }"""
        );
        var seen = await SampleFiles.JudgeAsync(logs);
        Assert.Contains(seen, s => s.Token is { Jti: "j1", Iss: "https://login.example/realms/shop/" });
        Assert.DoesNotContain(seen, s => s.Token.Iss == "https://login.example/realms//");
    }

    [Fact]
    public async Task An_element_of_a_list_is_found_by_one_of_its_members()
    {
        _folder.Write(
            "access/a.ndjson",
            """
            {"target":[{"type":"User","id":"u"},{"type":"access_token","id":"j1"}]}
            {"target":[{"type":"access_token","id":"j2"},{"type":"User","id":"u"}]}
            """
        );
        var seen = await MappedFiles.AccessesAsync(
            _folder,
            """
            { "GatewayAccess": { "TimeGenerated": { "constant": "2026-03-01T10:00:00Z" }, "Iss": { "constant": "i" },
              "Jti": "target.[type=access_token].id" } }
            """
        );
        Assert.Equal(["j1", "j2"], seen.Select(s => s.Token.Jti));
    }

    [Theory]
    [InlineData("""[{ "column": "status", "atLeast": 200, "atMost": 399 }]""", "j200 jtext jnone", 2)]
    [InlineData("""[{ "column": "status", "is": 200 }]""", "j200 jnone", 3)]
    [InlineData("""[{ "column": "status", "is": ["200", 401] }]""", "j200 j401 jnone", 2)]
    [InlineData("""[{ "column": "status", "isNot": 401 }]""", "j200 j500 jtext jnone", 1)]
    [InlineData("""[{ "column": "status", "exists": true }]""", "j200 j401 j500 jtext", 1)]
    [InlineData("""[{ "column": "status", "exists": false }]""", "jnone", 4)]
    [InlineData("""[{ "column": "status", "isNot": 401 }, { "column": "status", "atMost": 499 }]""", "j200 jtext jnone", 2)]
    public async Task Rows_that_are_known_to_be_something_else_are_taken_out_and_counted(string where, string kept, int filtered)
    {
        (string, string)[] rows = [("j200", "200"), ("j401", "401"), ("j500", "500"), ("jtext", "\"-x\""), ("jnone", "null")];
        _folder.Write(
            "access/a.ndjson",
            string.Concat(
                rows.Select(r => $$"""{"TimeGenerated":"2026-03-01T10:00:00Z","Iss":"i","Jti":"{{r.Item1}}","status":{{r.Item2}}}""" + "\n")
            )
        );
        _folder.Write(
            "access/b.csv",
            "TimeGenerated,Iss,Jti,status\n"
                + string.Concat(rows.Select(r => $"2026-03-01T10:00:00Z,i,{r.Item1},{(r.Item2 == "null" ? "" : r.Item2.Trim('"'))}\n"))
        );
        SampleFiles.Write(
            _folder,
            "access/c",
            "parquet",
            gzip: false,
            [
                .. rows.Select(r =>
                    SampleFiles.Row(
                        ("TimeGenerated", "2026-03-01T10:00:00Z"),
                        ("Iss", "i"),
                        ("Jti", r.Item1),
                        ("IssuedAt", "2026-03-01T10:00:00Z"),
                        ("status", r.Item2 == "null" ? null : r.Item2.Trim('"'))
                    )
                ),
            ]
        );
        var map = $$"""{ "GatewayAccess": { "where": {{where}} } }""";
        await using var logs = await MappedFiles.OpenAsync(_folder, map);
        Assert.Equal((3 * (rows.Length - filtered), 3 * filtered, 0), (logs.Access.Rows, logs.Access.Filtered, logs.Access.BadLines));
        var seen = (await SampleFiles.JudgeAsync(logs)).Select(s => s.Token.Jti).Distinct(StringComparer.Ordinal);
        Assert.Equal(kept.Split(' ').Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{ "Jti": "jti" }""", "GatewayAccess.Jti", "'jti'", "'Jti'")]
    [InlineData("""{ "Sub": "Claims.subb" }""", "GatewayAccess.Sub", "'Claims.subb'", "'Claims.sub'")]
    [InlineData("""{ "Sub": "Klaims.sub" }""", "GatewayAccess.Sub", "'Klaims.sub'", "'Claims.sub'")]
    [InlineData("""{ "Sub": { "firstOf": ["sab", "Kidd"] } }""", "GatewayAccess.Sub", "'sab' or 'Kidd'", "'Sub'")]
    [InlineData("""{ "Iss": { "template": "https://{isss}" } }""", "GatewayAccess.Iss", "'isss'", "'Iss'")]
    [InlineData("""{ "where": [{ "column": "Stat", "is": "200" }] }""", "GatewayAccess.where", "'Stat'", "'Status'")]
    [InlineData("""{ "token": "autth" }""", "GatewayAccess.token", "'autth'", "'auth'")]
    public async Task A_name_that_no_file_has_stops_the_run_and_the_nearest_is_named(
        string source,
        string at,
        string missing,
        string nearest
    )
    {
        _folder.Write(
            "access/a.ndjson",
            """{"TimeGenerated":"2026-03-01T10:00:00Z","Iss":"i","Jti":"j","Sub":"s","Status":200,"auth":"","Claims":{"sub":"s"}}"""
        );
        var e = await Assert.ThrowsAsync<CannotContinueException>(() =>
            MappedFiles.OpenAsync(_folder, $$"""{ "GatewayAccess": {{source}} }""")
        );
        Assert.Equal("bad-mapping", e.Reason);
        foreach (var part in new[] { "map.json", at, missing, nearest, "a.ndjson" })
        {
            Assert.Contains(part, e.Message);
        }
    }

    [Fact]
    public async Task A_column_that_only_one_late_row_has_is_no_mistake()
    {
        var line = """{"TimeGenerated":"2026-03-01T10:00:00Z","Iss":"i","Jti":"j"}""";
        _folder.Write(
            "access/a.ndjson",
            string.Concat(Enumerable.Repeat($"{line}\n", 10_000)) + line.Replace("}", ",\"c\":{\"sub\":\"late\"}}")
        );
        _folder.Write("access/b.ndjson", line);
        await using var logs = await MappedFiles.OpenAsync(_folder, """{ "GatewayAccess": { "Sub": "c.sub" } }""");
        Assert.Equal(10_002, logs.Access.Rows);
    }

    [Fact]
    public async Task A_default_column_may_be_missing()
    {
        _folder.Write("access/a.csv", "TimeGenerated,Iss,Jti\n2026-03-01T10:00:00Z,i,j\n");
        Assert.Single(await MappedFiles.AccessesAsync(_folder, """{ "GatewayAccess": { "Kid": null } }"""));
    }
}
