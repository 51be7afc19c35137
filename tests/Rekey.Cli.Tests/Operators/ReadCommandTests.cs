using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Operators;

/// <summary>The commands that read: what they ask for and what they show.</summary>
public sealed class ReadCommandTests(ReadCommandTests.Setup setup) : IClassFixture<ReadCommandTests.Setup>
{
    private StubRekey Stub => setup.Stub;

    /// <summary>Each command, the requests that it sends, and something that it shows.</summary>
    public static TheoryData<string, string, string> Commands =>
        new()
        {
            { "status", "GET /healthz,GET /decisions,GET /findings,GET /sweeps,GET /ledger", "2 open: 1 Critical, 1 Medium" },
            { "departures", "GET /departures", ApiBodies.Departure },
            { "departures list", "GET /departures", "1 departure." },
            {
                $"departures show {ApiBodies.Departure}",
                $"GET /departures/{ApiBodies.Departure}",
                "noticed at       2026-03-01 12:00:00 UTC"
            },
            { "rotations list", "GET /rotations", ApiBodies.NewVersion },
            { "rotations show shop", "GET /keys,GET /rotations/kv-prod.vault.azure.net~shop~3", ApiBodies.OldVersion },
            { $"rotations show {ApiBodies.Key}#3", "GET /rotations/kv-prod.vault.azure.net~shop~3", ApiBodies.OldVersion },
            { "rotations show kv-prod.vault.azure.net~shop~3", "GET /rotations/kv-prod.vault.azure.net~shop~3", ApiBodies.OldVersion },
            { "keys list --issuer shop", "GET /keys?issuer=shop", "2 keys." },
            { "keys show SHOP", "GET /keys", "CRNRLTDt2TITkq0V3cYwXX" },
            { "findings list --state all", "GET /findings?state=all", "2 findings: 1 Critical, 1 Medium." },
            { $"findings show {ApiBodies.Finding}", $"GET /findings/{ApiBodies.Finding}", "CRNRLTDt2TITkq0V3cYw" },
            { "decisions list", "GET /decisions", ApiBodies.Decision },
            { $"decisions show {ApiBodies.Decision}", $"GET /decisions/{ApiBodies.Decision}", "HR-4711" },
            { "blocks list", "GET /blocks", "1 block." },
            { "ledger list --kind trust-ended", "GET /ledger/lines?kind=trust-ended", "1,234" },
        };

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_command_asks_for_what_it_shows_and_says_no_more_than_the_server(string command, string requests, string shown)
    {
        await using var stub = await StubRekey.StartAsync();
        var run = (await stub.RunAsync(command.Split(' '))).Ended(0);
        Assert.Contains(shown, run.Output, StringComparison.Ordinal);
        Assert.Equal(requests.Split(','), stub.Requests.Select(r => r.Line));
        Assert.All(stub.Requests, r => Assert.Equal($"Bearer {StubRekey.Token}", r.Authorization));
        Assert.Single(stub.SignIns);
        Assert.Equal("client-Reader", stub.SignIns.First());
    }

    [Theory]
    [InlineData("findings list", "findings", "findings")]
    [InlineData("decisions list", "decisions", "decisions")]
    [InlineData("blocks list", "blocks", "blocks")]
    [InlineData("departures list", "departures", "departures")]
    public async Task Json_is_what_the_server_sent_and_ndjson_its_items_line_by_line(string command, string path, string member)
    {
        var sent = JsonNode.Parse(ApiBodies.Answers.Single(a => a.Path == path).Body)!;
        var json = (await Stub.RunAsync([.. command.Split(' '), "-o", "json"])).Ended(0);
        Assert.True(JsonNode.DeepEquals(sent, JsonNode.Parse(json.Output)), json.Output);
        var lines = (await Stub.RunAsync([.. command.Split(' '), "--output", "ndjson"])).Ended(0).Output.TrimEnd('\n').Split('\n');
        Assert.True(JsonNode.DeepEquals(sent[member], new JsonArray([.. lines.Select(l => JsonNode.Parse(l))])));
    }

    [Fact]
    public async Task One_item_is_one_document_or_one_line()
    {
        string[] show = ["decisions", "show", ApiBodies.Decision];
        var sent = JsonNode.Parse(ApiBodies.Question);
        Assert.True(JsonNode.DeepEquals(sent, JsonNode.Parse((await Stub.RunAsync([.. show, "-o", "json"])).Ended(0).Output)));
        var line = (await Stub.RunAsync([.. show, "-o", "ndjson"])).Ended(0).Output;
        Assert.True(JsonNode.DeepEquals(sent, JsonNode.Parse(line)));
        Assert.Equal(1, line.Count(c => c == '\n'));
    }

    /// <summary>A list in pages by the header of RFC 8288, or by <c>next</c> in the body, which the present lists have.</summary>
    [Theory]
    [InlineData("</findings?after=2>; rel=\"next\"", null)]
    [InlineData("<https://other.example/>; rel=\"prev\", </findings?after=2>; title=\"a, b\"; rel=\"last next\"", null)]
    [InlineData("<findings?after=2>;rel=next", null)]
    [InlineData(null, "2")]
    public async Task Every_page_of_a_list_is_read(string? link, string? next)
    {
        await using var stub = await StubRekey.StartAsync();
        stub.On("GET /findings", Page(["a", "b"], next), 200, link is null ? [] : [("Link", link)]);
        stub.On("GET /findings?after=2", Page(["c"], null));
        var run = (await stub.RunAsync("findings", "-o", "ndjson")).Ended(0);
        Assert.Equal(["a", "b", "c"], run.Output.TrimEnd('\n').Split('\n').Select(l => JsonNode.Parse(l)!["id"]!.ToString()));
        Assert.Empty(run.Error);
    }

    [Theory]
    [InlineData(1, "a", 1)]
    [InlineData(2, "a b", 1)]
    [InlineData(3, "a b c", 2)]
    public async Task A_limit_bounds_what_is_read_and_says_that_there_is_more(int limit, string ids, int pages)
    {
        await using var stub = await StubRekey.StartAsync();
        stub.On("GET /findings", Page(["a", "b"], "2")).On("GET /findings?after=2", Page(["c", "d"], null));
        var run = (await stub.RunAsync("findings", "--limit", $"{limit}", "-o", "json")).Ended(0);
        Assert.Equal(
            ids.Split(' '),
            JsonDocument.Parse(run.Output).RootElement.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("id").GetString())
        );
        Assert.Contains("Give a larger --limit.", run.Error, StringComparison.Ordinal);
        Assert.Equal(pages, stub.Requests.Count);
        (await stub.RunAsync("findings", "--limit", "0")).Ended(1);
    }

    [Fact]
    public async Task No_token_goes_to_another_server()
    {
        await using var stub = await StubRekey.StartAsync();
        await using var other = await StubRekey.StartAsync();
        stub.On("GET /findings", Page(["a"], null), 200, ("Link", $"<{other.Address}findings>; rel=\"next\""));
        var run = (await stub.RunAsync("findings")).Ended(1);
        Assert.Contains("No token is sent there.", run.Error, StringComparison.Ordinal);
        stub.On("GET /decisions", "", 302, ("Location", $"{other.Address}decisions"));
        (await stub.RunAsync("decisions")).Ended(1);
        Assert.Empty(other.Requests);
    }

    [Theory]
    [InlineData("healthy", "[]", "running", 0)]
    [InlineData("stopped", "[\"operator\"]", "stopped", 2)]
    [InlineData("unhealthy", "[]", "running", 2)]
    [InlineData("healthy", "[]", "unknown", 2)]
    public async Task Status_ends_by_whether_rekey_runs(string health, string by, string state, int exitCode)
    {
        await using var stub = await StubRekey.StartAsync();
        stub.State = state;
        stub.On("GET /healthz", $$"""{"status":"{{health}}","stoppedBy":{{by}}}""", health is "unhealthy" ? 503 : 200);
        var run = (await stub.RunAsync("status")).Ended(exitCode);
        Assert.Matches($@"state\s+{state}\n", run.Output);
        Assert.Matches($@"health\s+{health}\n", run.Output);
        Assert.Equal(health is "stopped", run.Output.Contains("stopped by", StringComparison.Ordinal));
        var json = JsonNode.Parse((await stub.RunAsync("status", "-o", "json")).Ended(exitCode).Output)!;
        Assert.Equal(health, json["healthz"]!["status"]!.ToString());
        Assert.Equal(1234, json["ledger"]!["lines"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("[]", 2, "Rekey gave no checks.")]
    [InlineData("[CHECK]", 0, "1 check, all ok.")]
    [InlineData("[CHECK,{\"name\":\"clock\",\"state\":\"Act\",\"says\":\"It is late.\",\"do\":\"az restart\"}]", 2, "az restart")]
    [InlineData("[CHECK,{\"name\":\"clock\",\"state\":\"Unknown\",\"says\":\"Silence.\",\"do\":\"Look.\"}]", 2, "2 checks, 1 not ok.")]
    public async Task Doctor_ends_by_whether_every_check_is_ok(string checks, int exitCode, string shown)
    {
        await using var stub = await StubRekey.StartAsync();
        checks = checks.Replace("CHECK", """{"name":"ledger","state":"Ok","says":"It holds.","do":null}""", StringComparison.Ordinal);
        stub.On("GET /doctor", $$"""{"at":"2026-03-01T12:05:40Z","isOk":{{(exitCode == 0 ? "true" : "false")}},"checks":{{checks}}}""");
        Assert.Contains(shown, (await stub.RunAsync("doctor")).Ended(exitCode).Output, StringComparison.Ordinal);
        Assert.Equal("client-Operator", stub.SignIns.First());
        var lines = (await stub.RunAsync("doctor", "-o", "ndjson")).Ended(exitCode).Output;
        Assert.Equal(JsonNode.Parse(checks)!.AsArray().Count, lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(
            checks,
            JsonNode.Parse((await stub.RunAsync("doctor", "-o", "json")).Ended(exitCode).Output)!["checks"]!.ToJsonString()
        );
    }

    [Fact]
    public async Task Every_command_says_that_rekey_is_stopped()
    {
        await using var stub = await StubRekey.StartAsync();
        stub.State = "stopped";
        Assert.Contains("note: Rekey is stopped", (await stub.RunAsync("keys")).Ended(0).Error, StringComparison.Ordinal);
        stub.State = "running";
        Assert.Empty((await stub.RunAsync("keys")).Ended(0).Error);
    }

    [Fact]
    public async Task A_key_is_named_by_its_name_if_only_one_has_it()
    {
        var none = (await Stub.RunAsync("keys", "show", "shopp")).Ended(1);
        Assert.Contains("Rekey governs no key 'shopp'; did you mean 'shop'?", none.Error, StringComparison.Ordinal);
        await using var stub = await StubRekey.StartAsync();
        stub.On("GET /keys", """{"keys":[{"key":"a.example/shop"},{"key":"b.example/shop"}],"next":null}""");
        var two = (await stub.RunAsync("keys", "show", "shop")).Ended(1);
        Assert.Contains("Give one of: a.example/shop, b.example/shop", two.Error, StringComparison.Ordinal);
        Assert.Contains(
            "b.example/shop",
            (await stub.RunAsync("keys", "show", "b.example/shop")).Ended(0).Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "was never rotated",
            (await Stub.RunAsync("rotations", "show", "partners")).Ended(1).Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Letters_that_control_a_terminal_are_shown_by_their_numbers()
    {
        await using var stub = await StubRekey.StartAsync();
        stub.On("GET /findings", """{"findings":[{"id":"x","title":"a\u001b[31mb\u202e"}],"next":null,"unreadable":["r\u001b"]}""");
        foreach (var format in new[] { "table", "json", "ndjson" })
        {
            var run = (await stub.RunAsync("findings", "-o", format)).Ended(0);
            Assert.DoesNotContain(run.Output + run.Error, c => c is '\u001b' or '\u202e');
            Assert.Contains("cannot be read", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_id_may_begin_with_a_hyphen_and_holds_no_path()
    {
        await using var stub = await StubRekey.StartAsync();
        stub.On("GET /findings/-x", """{"id":"-x"}""");
        (await stub.RunAsync("findings", "show", "-x")).Ended(0);
        (await stub.RunAsync("findings", "show", "../keys?x=1")).Ended(1);
        Assert.Equal(["GET /findings/-x", "GET /findings/..%2Fkeys%3Fx=1"], stub.Requests.Select(r => r.Line));
    }

    [Fact]
    public async Task A_result_file_has_what_standard_output_would_have()
    {
        using var folder = new TemporaryFolder();
        var run = (await Stub.RunAsync("keys", "-o", "ndjson", "--out-file", folder["keys.ndjson"])).Ended(0);
        Assert.Empty(run.Output);
        Assert.Equal(
            (await Stub.RunAsync("keys", "-o", "ndjson")).Ended(0).Output,
            await File.ReadAllTextAsync(folder["keys.ndjson"], TestContext.Current.CancellationToken)
        );
    }

    [Theory]
    [InlineData("rekey ", "status doctor departures rotations keys findings decisions tokens blocks stop start")]
    [InlineData("rekey decisions ", "list show approve decline")]
    [InlineData("rekey findings list --output ", "table json ndjson")]
    [InlineData("rekey status --login ", "az managedIdentity deviceCode")]
    public async Task A_shell_completes_the_commands(string line, string expected)
    {
        var words = (await Tool.RunAsync($"[suggest:{line.Length}]", line)).Ended(0).Output.Split('\n');
        Assert.Superset(expected.Split(' ').ToHashSet(), words.Select(w => w.Trim()).ToHashSet());
    }

    private static string Page(string[] ids, string? next) =>
        JsonSerializer.Serialize(new { findings = ids.Select(id => new { id, severity = "Low" }), next });

    /// <summary>One server for the tests that change none of its answers.</summary>
    public sealed class Setup : IAsyncLifetime
    {
        internal StubRekey Stub { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Stub = await StubRekey.StartAsync();

        public ValueTask DisposeAsync() => Stub.DisposeAsync();
    }
}
