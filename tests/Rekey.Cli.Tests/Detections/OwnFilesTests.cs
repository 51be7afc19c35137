using System.Text.Json;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Detections;

/// <summary>A newcomer's own files: clean ones, bad ones, ones with other names.</summary>
public sealed class OwnFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Clean_files_end_with_0()
    {
        _folder.Write("issued/i.csv", "TimeGenerated,Iss,Jti,Sub\n2026-03-01T10:00:00Z,https://i,j1,alice\n");
        _folder.Write("access/a.ndjson", """{"TimeGenerated":"2026-03-01T10:01:00Z","Iss":"https://i","Jti":"j1","Sub":"alice"}""");
        var run = (await SweepAsync()).Ended(0);
        Assert.Contains("No forged token was found", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_lines_are_counted_and_shown_and_the_rest_is_judged()
    {
        _folder.Write("issued/i.ndjson", """{"TimeGenerated":"2026-03-01T10:00:00Z","Iss":"https://i","Jti":"j1"}""");
        _folder.Write(
            "access/a.ndjson",
            """
            {"TimeGenerated":"2026-03-01T10:01:00Z","Iss":"https://i","Jti":"j1"}
            this is [no] json
            {"TimeGenerated":"yesterday","Iss":"https://i","Jti":"j1"}
            {"TimeGenerated":"2026-03-01T10:02:00Z","Iss":"https://i","Jti":"j2"}
            """
        );
        _folder.Write("access/readme.txt", "not a log");
        var run = (await SweepAsync()).Ended(2);
        Assert.Contains("1 line(s) of accesses could not be read", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 line(s) of accesses could be read only in part", run.Output, StringComparison.Ordinal);
        Assert.Contains("a.ndjson:2: Nothing in the damaged line can be read: this is [no] json", run.Output, StringComparison.Ordinal);
        Assert.Contains("a.ndjson:3: TimeGenerated is not a readable time", run.Output, StringComparison.Ordinal);
        Assert.Contains("readme.txt", run.Output, StringComparison.Ordinal);

        var json = (await SweepAsync("--output", "json")).Ended(2);
        Assert.Contains("warning: 1 line(s) of accesses", json.Error, StringComparison.Ordinal);
        Assert.Equal(
            1,
            JsonDocument.Parse(json.Output).RootElement.GetProperty("badLines").GetProperty("accesses").GetProperty("lines").GetInt32()
        );
    }

    [Theory]
    [InlineData("a.ndjson", "this is no json")]
    [InlineData("b.ndjson.gz", "this is no gzip")]
    public async Task Where_not_all_could_be_read_a_sweep_that_found_nothing_ends_with_1(string file, string content)
    {
        _folder.Write("issued/i.ndjson", """{"TimeGenerated":"2026-03-01T10:00:00Z","Iss":"https://i","Jti":"j1"}""");
        _folder.Write("access/good.ndjson", """{"TimeGenerated":"2026-03-01T10:01:00Z","Iss":"https://i","Jti":"j1"}""");
        _folder.Write($"access/{file}", content);
        var run = (await SweepAsync()).Ended(1);
        Assert.Contains("No forged token was found in what could be read", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "1 line(s) of accesses could not be read",
            (await SweepAsync("--output", "json")).Ended(1).Error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("Kid", "kid")]
    [InlineData("Sub", "sub")]
    [InlineData("Aud", "aud")]
    [InlineData("SigningInputSha256", "signing input")]
    public async Task What_was_altered_is_explained_with_both_sides(string column, string name)
    {
        // A hash has a form: what has another one is unknown.
        var isHash = column == "SigningInputSha256";
        var (minted, accepted) = isHash ? (new string('a', 64), new string('b', 64)) : ("minted", "accepted");
        _folder.Write(
            "issued/i.ndjson",
            $$"""{"TimeGenerated":"2026-03-01T10:00:00Z","Iss":"https://i","Jti":"j1","{{column}}":"{{minted}}"}"""
        );
        _folder.Write(
            "access/a.ndjson",
            $$"""{"TimeGenerated":"2026-03-01T10:01:00Z","Iss":"https://i","Jti":"j1","{{column}}":"{{accepted}}"}"""
        );
        var run = (await SweepAsync("--explain", "j1")).Ended(2);
        Assert.Contains(
            // A hash is cut short.
            isHash ? $"{name} was {minted[..10]}" : $"{name} was {minted} when issued and {accepted} when accepted",
            string.Join(' ', run.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_issuer_of_which_nothing_is_logged_is_told()
    {
        _folder.Write("issued/i.ndjson", """{"TimeGenerated":"2026-03-01T10:00:00Z","Iss":"https://i","Jti":"j1"}""");
        _folder.Write(
            "access/a.ndjson",
            """
            {"TimeGenerated":"2026-03-01T10:01:00Z","Iss":"https://i","Jti":"j1"}
            {"TimeGenerated":"2026-03-01T10:02:00Z","Iss":"https://silent","Jti":"j1"}
            """
        );
        var windows = _folder.Write("trust.json", """[{"iss":"https://silent","kid":"k","trustedFrom":"2026-01-01T00:00:00Z"}]""");
        var run = (await SweepAsync("--windows", windows)).Ended(1);
        Assert.Contains(
            "https://silent: gateways accept its tokens, but these logs contain no issuance of it.",
            run.Output,
            StringComparison.Ordinal
        );

        var json = (await SweepAsync("--windows", windows, "--output", "json")).Ended(1);
        Assert.Equal(
            "*",
            Assert
                .Single(JsonDocument.Parse(json.Output).RootElement.GetProperty("issuanceGaps").EnumerateArray())
                .GetProperty("issuerInstance")
                .GetString()
        );
        Assert.Contains("warning: https://silent:", json.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("https://silent:", (await SweepAsync()).Ended(2).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_columns_are_an_error_that_names_them_and_leads_to_a_map_that_works()
    {
        const string rest = """
            "aud":["a","b"],"iat":1772359200
            """;
        _folder.Write("issued/i.csv", "ts;issuer;jti;kid;userId;iat\n2026-03-01T10:00:00Z;https://i;j1;k1;alice;1772359200\n");
        _folder.Write(
            "access/a.ndjson",
            $$$"""
            {"timestamp":"2026-03-01T10:01:00Z","client_ip":"192.0.2.1","token":{"iss":"https://i","jti":"j1","sub":"alice",{{{rest}}}}}
            {"timestamp":"2026-03-01T10:02:00Z","client_ip":"192.0.2.2","token":{"iss":"https://i","jti":"j2","sub":"bob",{{{rest}}}}}
            """
        );
        var refused = (await SweepAsync()).Ended(1);
        Assert.Contains("i.csv", refused.Error, StringComparison.Ordinal);
        Assert.Contains("ts, issuer, jti, kid, userId, iat", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--suggest-map", refused.Error, StringComparison.Ordinal);
        Assert.Empty(refused.Output);

        var suggested = (await SweepAsync("--suggest-map")).Ended(0);
        var map = JsonDocument.Parse(suggested.Output).RootElement;
        Assert.Equal(";", map.GetProperty("TokenIssuance").GetProperty("csv").GetProperty("delimiter").GetString());
        Assert.Equal("token.jti", map.GetProperty("GatewayAccess").GetProperty("Jti").GetString());
        Assert.Equal("epoch-seconds", map.GetProperty("GatewayAccess").GetProperty("IssuedAt").GetProperty("form").GetString());
        Assert.Equal(JsonValueKind.Null, map.GetProperty("GatewayAccess").GetProperty("Gateway").ValueKind);
        var judged = (await SweepAsync("--map", _folder.Write("map.json", suggested.Output), "--output", "json", "--quiet")).Ended(2);
        var sighting = Assert.Single(JsonDocument.Parse(judged.Output).RootElement.GetProperty("sightings").EnumerateArray());
        Assert.Equal(
            ("unissued", "j2", "bob", "a b", "192.0.2.2"),
            (Text(sighting, "verdict"), Text(sighting, "jti"), Text(sighting, "sub"), Text(sighting, "aud"), Text(sighting, "address"))
        );
    }

    [Fact]
    public async Task A_column_that_must_be_there_and_was_not_guessed_is_said_and_is_no_silent_guess()
    {
        _folder.Write("issued/i.csv", "wann,iss,jti\n2026-03-01T10:00:00Z,https://i,j1\n");
        _folder.Write("access/a.csv", "time,iss,jti\n2026-03-01T10:00:00Z,https://i,j1\n");
        var run = (await SweepAsync("--suggest-map")).Ended(0);
        Assert.Contains("TokenIssuance.TimeGenerated must be there", run.Error, StringComparison.Ordinal);
        Assert.Contains("Columns: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("wann", run.Error, StringComparison.Ordinal);
        (await SweepAsync("--map", _folder.Write("map.json", run.Output))).Ended(1);
    }

    [Theory]
    [InlineData("issued/i.csv", "TimeGenerated,Iss,Jti\n")]
    [InlineData("issued/notes.txt", "nothing")]
    public async Task No_issuances_are_an_error_and_not_a_forgery(string file, string text)
    {
        _folder.Write(file, text);
        _folder.Write("access/a.ndjson", """{"TimeGenerated":"2026-03-01T10:01:00Z","Iss":"https://i","Jti":"j1"}""");
        Assert.Contains("--issued", (await SweepAsync()).Ended(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hole_in_an_issuers_log_is_told_and_so_is_a_log_that_does_not_fit()
    {
        _folder.Write(
            "issued/i.csv",
            "TimeGenerated,Iss,Jti,IssuerInstance,Sequence\n2026-03-01T10:00:00Z,https://i,j1,pod-0,1\n"
                + "2026-03-01T10:10:00Z,https://i,j5,pod-0,5\n"
        );
        _folder.Write("access/a.csv", "TimeGenerated,Iss,Jti\n2026-03-01T10:01:00Z,https://i,j2\n2026-03-01T10:02:00Z,https://i,j3\n");
        // What the hole may explain does not count as forged.
        var run = (await SweepAsync()).Ended(1);
        Assert.Contains("2 token(s) look forged, but may have been issued", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "https://i, instance pod-0 logged nothing between 2026-03-01 10:00:00Z and 2026-03-01 10:10:00Z. 3 line(s) are missing",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("More than half of all accesses are unissued", run.Output, StringComparison.Ordinal);
    }

    /// <summary>The same token, alone in the log: the sweep and its explanation give the same answer.</summary>
    [Theory]
    [InlineData("issued", "2026-03-01T10:00:00Z", 0)]
    [InlineData("in-the-gap", "2026-03-01T10:05:00Z", 1)]
    [InlineData("without-iat", null, 1)]
    [InlineData("after-the-gap", "2026-03-01T10:25:00Z", 2)]
    [InlineData("long-before-the-gap", "2026-02-01T10:05:00Z", 2)]
    public async Task An_explanation_ends_as_the_sweep_does_where_a_gap_may_explain_a_token(string jti, string? iat, int code)
    {
        _folder.Write(
            "issued/i.csv",
            "TimeGenerated,Iss,Jti,IssuerInstance,Sequence\n2026-03-01T10:00:00Z,https://i,issued,pod-0,1\n"
                + "2026-03-01T10:10:00Z,https://i,j5,pod-0,5\n2026-03-01T10:20:00Z,https://i,j6,pod-0,6\n"
                + "2026-03-01T10:30:00Z,https://i,j7,pod-0,7\n"
        );
        _folder.Write("access/a.csv", $"TimeGenerated,Iss,Jti,IssuedAt\n2026-03-01T10:30:00Z,https://i,{jti},{iat}\n");
        (await SweepAsync()).Ended(code);

        var explained = (await SweepAsync("--explain", jti)).Ended(code);
        Assert.Equal(code == 1, explained.Output.Contains("It may have been issued all the same", StringComparison.Ordinal));
        Assert.Equal(code == 1, explained.Error.Contains("3 line(s) are missing, by sequence number.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_log_holds_does_not_steer_a_terminal()
    {
        _folder.Write("issued/i.csv", "TimeGenerated,Iss,Jti\n2026-03-01T10:00:00Z,https://i,j1\n");
        _folder.Write(
            "access/a.ndjson",
            """
            {"TimeGenerated":"2026-03-01T10:01:00Z","Iss":"https://i",
            "Jti":"\u001b]0;owned\u0007[red]","Kid":"\u001b[2J","Sub":"\u001b[31m"}
            """.ReplaceLineEndings("")
        );
        foreach (
            var more in new string[][]
            {
                [],
                ["--output", "json"],
                ["--output", "sarif"],
                ["--output", "ocsf"],
                ["--explain", "\u001b]0;owned\u0007[red]"],
            }
        )
        {
            var run = (await SweepAsync(more)).Ended(2);
            Assert.DoesNotContain(run.Output, c => c is '\u001b' or '\u0007');
        }
    }

    private Task<ToolRun> SweepAsync(params string[] more) =>
        Tool.RunAsync(["sweep", "--issued", _folder["issued"], "--access", _folder["access"], .. more]);

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();
}
