using System.Text.Json.Nodes;

namespace Rekey.Cli.Tests.Operators;

/// <summary>The commands that change something: what they send, and when they send nothing.</summary>
public sealed class ChangeCommandTests
{
    private const string Asked =
        """{"decision":"d1","planHash":"p","statement":"On yes: it is done.","expiresAt":"2026-03-01T16:00:00Z"}""";

    /// <summary>Each command, what it sends, the body, and the client of the role that it needs.</summary>
    public static TheoryData<string, string, string, string> Commands =>
        new()
        {
            {
                $"departures report {ApiBodies.Person} --reference HR-4711 --key shop --key kv-prod.vault.azure.net/partners --hostile",
                "POST /departures",
                $$"""
                    {"personId":"{{ApiBodies.Person}}","reference":"HR-4711","hostile":true,
                     "keys":["{{ApiBodies.Key}}","kv-prod.vault.azure.net/partners"]}
                    """,
                "Operator"
            },
            { $"departures report {ApiBodies.Person}", "POST /departures", $$"""{"personId":"{{ApiBodies.Person}}"}""", "Operator" },
            { "rotations cancel shop", "POST /rotations/kv-prod.vault.azure.net~shop~3/cancel", "", "Approver" },
            { $"rotations cancel {ApiBodies.Key}#3", "POST /rotations/kv-prod.vault.azure.net~shop~3/cancel", "", "Approver" },
            {
                $"decisions approve {ApiBodies.Decision} --reason CHG-1",
                $"POST /decisions/{ApiBodies.Decision}",
                $$"""{"answer":"approve","planHash":"{{ApiBodies.PlanHash}}","reason":"CHG-1"}""",
                "Approver"
            },
            {
                $"decisions decline {ApiBodies.Decision} --reason CHG-1",
                $"POST /decisions/{ApiBodies.Decision}",
                $$"""{"answer":"decline","planHash":"{{ApiBodies.PlanHash}}","reason":"CHG-1"}""",
                "Approver"
            },
            {
                "blocks add --kind subject --issuer shop --value customer-1 --reason INC-12 --issued-before 2026-03-01T12:00:00Z",
                "POST /blocks",
                """{"kind":"subject","issuer":"shop","value":"customer-1","reason":"INC-12","issuedBefore":"2026-03-01T12:00:00Z"}""",
                "Operator"
            },
            { "blocks remove b1 --reason an+honest&customer", "DELETE /blocks/b1?reason=an%2Bhonest%26customer", "", "Operator" },
            { "stop", "POST /stop", "", "Operator" },
            { "start --reason over", "POST /start", """{"reason":"over"}""", "Approver" },
        };

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_command_sends_its_request_once_as_the_role_that_it_needs(string command, string request, string body, string role)
    {
        await using var stub = await StubRekey.StartAsync();
        stub.On(request, Asked, 202);
        var run = (await stub.RunAsync([.. command.Split(' '), .. Yes(command)])).Ended(0);
        var sent = Assert.Single(stub.Requests, r => !r.Line.StartsWith("GET ", StringComparison.Ordinal));
        Assert.Equal(request, sent.Line);
        Assert.True(Same(body, sent.Body), sent.Body);
        Assert.Equal($"client-{role}", Assert.Single(stub.SignIns));
        Assert.Contains("On yes: it is done.", run.Output, StringComparison.Ordinal);
        Assert.Contains("rekey decisions show d1", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task What_if_shows_the_request_and_sends_nothing(string command, string request, string body, string role)
    {
        await using var stub = await StubRekey.StartAsync();
        var run = (await stub.RunAsync([.. command.Split(' '), "--what-if", "-o", "json"])).Ended(0);
        Assert.DoesNotContain(stub.Requests, r => !r.Line.StartsWith("GET ", StringComparison.Ordinal));
        var shown = JsonNode.Parse(run.Output)!;
        Assert.Equal(request, $"{shown["method"]} {new Uri(shown["address"]!.ToString()).PathAndQuery}");
        Assert.True(Same(body, shown["body"]?.ToJsonString() ?? ""), run.Output);
        Assert.Equal(role, shown["needsRole"]!.ToString());
        Assert.True(shown["follows"]!.ToString().Length > 20);
        Assert.Contains("Nothing was sent.", run.Error, StringComparison.Ordinal);

        // For people the same.
        var table = (await stub.RunAsync([.. command.Split(' '), "--what-if"])).Ended(0);
        Assert.Contains(shown["address"]!.ToString(), table.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Without_a_terminal_and_without_yes_nothing_is_sent_except_the_stop(
        string command,
        string request,
        string body,
        string role
    )
    {
        await using var stub = await StubRekey.StartAsync();
        stub.On(request, Asked, 202);
        _ = (body, role);
        var isStop = command is "stop";
        var run = (await stub.RunAsync(command.Split(' '))).Ended(isStop ? 0 : 1);
        Assert.Equal(isStop, stub.Requests.Any(r => !r.Line.StartsWith("GET ", StringComparison.Ordinal)));
        Assert.Equal(!isStop, run.Error.Contains("give --yes", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("approve")]
    [InlineData("decline")]
    public async Task An_answer_shows_the_question_first_and_carries_the_hash_that_it_showed(string verb)
    {
        await using var stub = await StubRekey.StartAsync();
        stub.On(
            $"POST /decisions/{ApiBodies.Decision}",
            ApiBodies.Question.Replace("\"Pending\"", "\"Approved\"", StringComparison.Ordinal),
            verb is "approve" ? 200 : 202
        );
        var run = (await stub.RunAsync("decisions", verb, ApiBodies.Decision, "--reason", "x", "--yes", "-o", "json")).Ended(0);
        foreach (var fact in new[] { "HR-4711", "Enabled", ApiBodies.OldVersion, "On yes: every live token", ApiBodies.PlanHash })
        {
            Assert.Contains(fact, Joined(run.Error), StringComparison.Ordinal);
        }

        Assert.Equal("Approved", JsonNode.Parse(run.Output)!["state"]!.ToString());
        Assert.Equal(verb is "decline", run.Error.Contains("has not finished", StringComparison.Ordinal));
        Assert.Equal([$"GET /decisions/{ApiBodies.Decision}", $"POST /decisions/{ApiBodies.Decision}"], stub.Requests.Select(r => r.Line));
    }

    [Theory]
    [InlineData("Approved")]
    [InlineData("Declined")]
    [InlineData("Lapsed")]
    [InlineData("Withdrawn")]
    public async Task A_decision_that_does_not_wait_is_not_answered(string state)
    {
        await using var stub = await StubRekey.StartAsync();
        stub.On(
            $"GET /decisions/{ApiBodies.Decision}",
            ApiBodies.Question.Replace("\"Pending\"", $"\"{state}\"", StringComparison.Ordinal)
        );
        var run = (await stub.RunAsync("decisions", "approve", ApiBodies.Decision, "--reason", "x", "--yes")).Ended(1);
        Assert.Contains($"it is {state}. Nothing was sent.", run.Error, StringComparison.Ordinal);
        Assert.Single(stub.Requests);
    }

    [Theory]
    [InlineData("departures report alice@contoso.example", "az ad user show --id alice@contoso.example --query id --output tsv")]
    [InlineData("departures report", "person")]
    [InlineData("decisions approve x", "--reason")]
    [InlineData("blocks add --kind nonsense --issuer s --value v --reason r", "nonsense")]
    [InlineData("blocks add --kind kid --issuer s --value v --reason r --issued-before 2026-03-01", "Write 2026-03-01T12:00:00Z")]
    [InlineData("blocks add --kind kid --issuer s --value v --reason r --issued-before 2026-03-01T12:00:00", "Write 2026-03-01T12:00:00Z")]
    [InlineData("blocks remove x", "--reason")]
    [InlineData("start", "--reason")]
    [InlineData("stop --whatif", "Did you mean --what-if?")]
    [InlineData("tokens find", "Give either --iss with --jti, or --hash, or --token-file.")]
    [InlineData("tokens find --iss x", "Give either --iss with --jti, or --hash, or --token-file.")]
    [InlineData("tokens find --iss x --jti y --hash z", "Give either --iss with --jti, or --hash, or --token-file.")]
    public async Task A_wrong_command_line_sends_nothing_and_says_what_is_right(string command, string words)
    {
        await using var stub = await StubRekey.StartAsync();
        var run = (await stub.RunAsync(command.Split(' '))).Ended(1);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.Empty(stub.Requests);
    }

    [Theory]
    [InlineData("--iss https://login.shop.example --jti d33f", """{"iss":"https://login.shop.example","jti":"d33f"}""")]
    [InlineData("--hash abc", """{"hash":"abc"}""")]
    [InlineData("--token-file -", $$"""{"token":"{{StubRekey.Token}}"}""")]
    public async Task A_token_is_found_by_each_of_its_names_and_is_not_shown(string options, string body)
    {
        await using var stub = await StubRekey.StartAsync();
        stub.On("POST /tokens/find", """{"blocked":true,"reason":"not-issued","since":"2026-03-01T11:00:00Z"}""");
        var run = (await stub.RunAsync($"{StubRekey.Token}\n", ["tokens", "find", .. options.Split(' ')])).Ended(0);
        Assert.True(Same(body, Assert.Single(stub.Requests).Body));
        Assert.Matches(@"blocked\s+yes\n", run.Output);
        Assert.Matches(@"since\s+2026-03-01 11:00:00 UTC\n", run.Output);
        Assert.Equal("client-Operator", Assert.Single(stub.SignIns));
    }

    private static string[] Yes(string command) => command is "stop" ? [] : ["--yes"];

    private static bool Same(string expected, string sent) =>
        expected.Length == 0 ? sent.Length == 0 : JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(sent));

    private static string Joined(string text) => string.Join(' ', text.Split((char[])['\n', ' '], StringSplitOptions.RemoveEmptyEntries));
}
