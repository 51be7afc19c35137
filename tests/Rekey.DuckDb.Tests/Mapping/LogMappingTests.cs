using DuckDB.NET.Data;
using Rekey.Core;
using Rekey.Detections;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;
using Rekey.DuckDb.Tests.Detections;
using Rekey.DuckDb.Tests.Files;

namespace Rekey.DuckDb.Tests.Mapping;

/// <summary>A customer's columns become the views', and a mistake in the mapping is named.</summary>
public sealed class LogMappingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nested_fields_constants_and_forms_of_time_are_read()
    {
        var token = await AccessAsync(
            """
            { "TimeGenerated": { "from": "at", "form": "epoch-milliseconds" }, "Iss": { "constant": "https://it's.example/" },
              "Jti": "claims.jti", "Sub": ["claims", "sub.id"], "Kid": "a/b~c",
              "Aud": "claims.aud", "IssuedAt": { "from": "claims.iat", "form": "epoch-seconds" },
                "ExpiresAt": { "from": "claims.exp", "form": "epoch-seconds" }, "SigningInputSha256": "hash",
              "SignatureVerified": "ok", "SrcIpAddr": "ip", "KeyThumbprint": null }
            """,
            $$"""
            { "at": 1772359200250, "claims": { "jti": "x", "sub.id": "ann", "aud": ["web", "api", "Zed"],
              "iat": 1772359100.9, "exp": "1772362700" },
              "a/b~c": "k", "hash": "{{new string('A', 64)}}", "ok": "true", "ip": "::ffff:192.0.2.1", "KeyThumbprint": "no" }
            """
        );
        Assert.Equal(
            new(
                new(
                    "https://it's.example/",
                    "x",
                    "k",
                    "ann",
                    "Zed api web",
                    Seconds(1772359100),
                    Seconds(1772362700),
                    new('a', 64),
                    null,
                    true
                ),
                "192.0.2.1",
                Seconds(1772359200).AddMilliseconds(250)
            ),
            token
        );
    }

    [Theory]
    [InlineData("\"2026-03-01T10:00:00Z\"", "2026-03-01T10:00:00")]
    [InlineData("\"2026-03-01T12:00:00.1234567+02:00\"", "2026-03-01T10:00:00.123456")]
    [InlineData("\"2026-03-01t10:00:00z\"", "2026-03-01T10:00:00")]
    [InlineData("\"2026-03-01 10:00:00\"", "2026-03-01T10:00:00")]
    public async Task Iso_times_are_utc_unless_they_say_otherwise(string written, string read)
    {
        var seen = await AccessAsync("{}", $$"""{ "TimeGenerated": {{written}}, "Iss": "i", "Jti": "x" }""");
        Assert.Equal(DateTimeOffset.Parse($"{read}Z"), seen!.At);
    }

    [Theory]
    [InlineData("1e300", "9999-12-31T23:59:59")]
    [InlineData("99999999999999999999999", "9999-12-31T23:59:59")]
    [InlineData("-1e300", "0001-01-01T00:00:00")]
    [InlineData("253402300799", "9999-12-31T23:59:59")]
    public async Task Whoever_forges_a_token_chooses_its_exp_and_is_judged_all_the_same(string exp, string read)
    {
        var seen = await AccessAsync(
            """{ "ExpiresAt": { "from": "exp", "form": "epoch-seconds" } }""",
            $$"""{ "TimeGenerated": "2026-03-01T10:00:00Z", "Iss": "i", "Jti": "x", "exp": {{exp}} }"""
        );
        Assert.Equal(DateTimeOffset.Parse($"{read}Z"), seen!.Token.ExpiresAt);
    }

    [Theory]
    [InlineData("\"a\"", "a")]
    [InlineData("[]", null)]
    [InlineData("[\"b\", \"a\"]", "a b")]
    [InlineData("\"[\\\"b\\\", \\\"a\\\"]\"", "a b")]
    [InlineData("null", null)]
    [InlineData("\"\"", null)]
    public async Task Several_audiences_are_sorted(string written, string? read) =>
        Assert.Equal(
            read,
            (await AccessAsync("{}", $$"""{ "TimeGenerated": "2026-03-01T10:00:00Z", "Iss": "i", "Jti": "x", "Aud": {{written}} }"""))!
                .Token
                .Aud
        );

    [Fact]
    public async Task Csv_may_hold_json_and_use_another_delimiter()
    {
        _folder.Write(
            "access.csv",
            "TIMEGENERATED;Iss;jti;aud;claims\n2026-03-01T10:00:00Z;i;x;\"[\"\"b\"\",\"\"a\"\"]\";\"{\"\"sub\"\":\"\"ann\"\"}\"\n"
        );
        var seen = await ReadAsync(
            "access.csv",
            """{ "GatewayAccess": { "Aud": { "from": "aud", "form": "json" }, "Sub": "claims.sub" }, "csv": { "delimiter": ";" } }"""
        );
        Assert.Equal(("x", "a b", "ann"), (seen!.Token.Jti, seen.Token.Aud, seen.Token.Sub));
    }

    [Fact]
    public async Task Parquet_may_hold_structs_lists_numbers_and_times()
    {
        using (var connection = new DuckDBConnection("DataSource=:memory:"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"""
                COPY (SELECT TIMESTAMP_NS '2026-03-01 10:00:00' AS t, 'i' AS Iss,
                    struct_pack(jti := 'x', aud := ['b', 'a'], iat := 1772359100) AS claims,
                    ['d', 'c'] AS list, 1772362700::BIGINT AS exp, 1 AS ok)
                TO '{_folder.File("access.parquet")}' (FORMAT parquet)
                """;
            command.ExecuteNonQuery();
        }

        var seen = await ReadAsync(
            "access.parquet",
            """
            { "GatewayAccess": { "TimeGenerated": "T", "Jti": "claims.jti", "Aud": "claims.aud", "Sub": "claims.aud",
              "SignatureVerified": "ok", "Kid": "Iss",
              "IssuedAt": { "from": "claims.iat", "form": "epoch-seconds" }, "ExpiresAt": { "from": "exp", "form": "epoch-seconds" } } }
            """
        );
        Assert.Equal(
            new(
                new("i", "x", "i", "[\"b\",\"a\"]", "a b", Seconds(1772359100), Seconds(1772362700), null, null, true),
                null,
                DateTimeOffset.Parse("2026-03-01T10:00:00Z")
            ),
            seen
        );
        Assert.Equal(
            "c d",
            (await ReadAsync("access.parquet", """{ "GatewayAccess": { "TimeGenerated": "t", "Jti": "Iss", "Aud": "list" } }"""))!.Token.Aud
        );
    }

    [Theory]
    [InlineData("[]", "the whole file")]
    [InlineData("{ \"Tokens\": {} }", "Tokens")]
    [InlineData("{ \"GatewayAccess\": [] }", "GatewayAccess")]
    [InlineData("{ \"GatewayAccess\": { \"Jtis\": \"x\" } }", "GatewayAccess.Jtis")]
    [InlineData("{ \"GatewayAccess\": { \"jti\": \"x\" } }", "GatewayAccess.jti")]
    [InlineData("{ \"GatewayAccess\": { \"Iss\": null } }", "GatewayAccess.Iss")]
    [InlineData("{ \"GatewayAccess\": { \"Iss\": \"?\" } }", "GatewayAccess.Iss: still has '?'")]
    [InlineData("{ \"GatewayAccess\": { \"Jti\": 5 } }", "GatewayAccess.Jti")]
    [InlineData("{ \"GatewayAccess\": { \"Jti\": \"\" } }", "GatewayAccess.Jti")]
    [InlineData("{ \"GatewayAccess\": { \"Jti\": \"a..b\" } }", "GatewayAccess.Jti")]
    [InlineData("{ \"GatewayAccess\": { \"Jti\": [] } }", "GatewayAccess.Jti")]
    [InlineData("{ \"GatewayAccess\": { \"Jti\": { \"from\": \"a\", \"constant\": \"b\" } } }", "GatewayAccess.Jti")]
    [InlineData("{ \"GatewayAccess\": { \"Jti\": {} } }", "GatewayAccess.Jti")]
    [InlineData("{ \"GatewayAccess\": { \"Jti\": { \"from\": \"a\", \"form\": \"epoch-seconds\" } } }", "GatewayAccess.Jti.form")]
    [InlineData("{ \"GatewayAccess\": { \"IssuedAt\": { \"from\": \"a\", \"form\": \"unix\" } } }", "GatewayAccess.IssuedAt.form")]
    [InlineData("{ \"GatewayAccess\": { \"Jti\": { \"from\": \"a\", \"sql\": \"b\" } } }", "GatewayAccess.Jti.sql")]
    [InlineData("{ \"GatewayAccess\": { \"Jti\": \"a\\u0000b\" } }", "GatewayAccess.Jti")]
    [InlineData("{ \"GatewayAccess\": { \"Jti\": \"a\", \"Jti\": \"b\" } }", "not JSON")]
    [InlineData("{ \"csv\": { \"delimiter\": \"ab\" } }", "csv.delimiter")]
    [InlineData("{ \"csv\": { \"quote\": \"'\" } }", "csv.quote")]
    [InlineData("{", "not JSON")]
    public void A_mistake_is_named_with_file_and_member(string json, string member)
    {
        var path = _folder.Write("map.json", json);
        var e = Assert.Throws<CannotContinueException>(() => LogMapping.Read(path));
        Assert.Equal("bad-mapping", e.Reason);
        Assert.Contains(path, e.Message);
        Assert.Contains(member, e.Message);
    }

    [Fact]
    public void A_mapping_that_is_not_there_is_named() =>
        Assert.Contains(
            "nowhere.json",
            Assert.Throws<CannotContinueException>(() => LogMapping.Read(_folder.File("nowhere.json"))).Message
        );

    private static DateTimeOffset Seconds(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);

    private Task<Seen?> AccessAsync(string mapped, string line)
    {
        _folder.Write("access.ndjson", line.ReplaceLineEndings(" "));
        return ReadAsync("access.ndjson", $$"""{ "GatewayAccess": {{mapped}} }""");
    }

    /// <summary>The one access of a file: nobody issued it, so it comes out as it was read.</summary>
    private async Task<Seen?> ReadAsync(string file, string mapping)
    {
        _folder.Write("issued/none.ndjson", "");
        await using var logs = await LogFiles.OpenAsync(
            new([_folder.File("issued")], [_folder.File(file)], LogMapping.Parse(mapping, "m")),
            CaseEngine.Options,
            null,
            CancellationToken.None
        );
        Assert.Equal((1, 0), (logs.Access.Rows, logs.Access.BadLines));
        return (await SampleFiles.JudgeAsync(logs))
            .Where(s => s.Verdict is Verdict.Unissued)
            .Select(s => new Seen(s.Token, s.SrcIpAddr, s.FirstSeen))
            .SingleOrDefault();
    }

    private sealed record Seen(PresentedToken Token, string? SrcIpAddr, DateTimeOffset At);
}
