namespace Rekey.Cli.Tests.Operators;

/// <summary>Every refusal says what happened and which command comes next, and ends with 1.</summary>
public sealed class RefusalTests
{
    private static readonly string[] Answer = ["decisions", "approve", ApiBodies.Decision, "--reason", "x", "--yes"];

    /// <summary>What the app refuses answers with, and what the person can do.</summary>
    public static TheoryData<int, string, string> Answers =>
        new()
        {
            { 401, "not-authenticated", "does not accept the token for api://rekey/.default" },
            { 403, "not-allowed", "needs the app role Approver" },
            { 403, "initiator-may-not-approve", "Ask another person with the app role Approver." },
            { 403, "actor-is-leaving", "Ask another person with the app role Approver." },
            { 404, "unknown-decision", "rekey decisions list" },
            { 409, "plan-changed", $"answer again: rekey decisions show {ApiBodies.Decision}" },
            { 409, "already-answered", $"rekey decisions show {ApiBodies.Decision}" },
            { 409, "expired", $"rekey decisions show {ApiBodies.Decision}" },
            { 410, "withdrawn", $"rekey decisions show {ApiBodies.Decision}" },
            { 400, "bad-reason", "rekey decisions --help" },
            { 413, "too-large", "rekey decisions --help" },
            { 500, "internal", "0af7651916cd43dd8448eb211c80319c" },
            { 503, "try-later", "Retry later." },
        };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_refusal_says_what_the_server_says_and_what_to_run(int status, string reason, string remedy)
    {
        await using var stub = await StubRekey.StartAsync();
        stub.Refuse($"POST /decisions/{ApiBodies.Decision}", status, reason, "This is the detail.");
        var run = (await stub.RunAsync(Answer)).Ended(1);
        Assert.Empty(run.Output);
        Assert.Contains($"error: This is the detail. ({status} {reason})", run.Error, StringComparison.Ordinal);
        Assert.Contains(remedy, run.Error, StringComparison.Ordinal);
        Assert.Equal(2, stub.Requests.Count);
    }

    [Fact]
    public async Task What_needs_a_person_has_the_servers_own_remedy()
    {
        await using var stub = await StubRekey.StartAsync();
        stub.Refuse("POST /start", 422, "not-stopped", "There is nothing to start.", "Rekey is not stopped.");
        var run = (await stub.RunAsync("start", "--reason", "x", "--yes")).Ended(1);
        Assert.Equal("error: Rekey is not stopped. (422 not-stopped)\n  There is nothing to start.\n", run.Error);
    }

    [Theory]
    [InlineData(409, "not-started", "rekey decisions list")]
    [InlineData(409, "cannot-be-undone", "rekey rotations show kv~shop~3")]
    [InlineData(403, "departure-is-open", "Ask another person")]
    [InlineData(404, "unknown-rotation", "rekey rotations list")]
    public async Task A_cancellation_that_is_refused_names_the_next_command(int status, string reason, string remedy)
    {
        await using var stub = await StubRekey.StartAsync();
        stub.Refuse("POST /rotations/kv~shop~3/cancel", status, reason, "No.");
        Assert.Contains(
            remedy,
            (await stub.RunAsync("rotations", "cancel", "kv~shop~3", "--yes")).Ended(1).Error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task What_the_server_asks_to_try_again_is_tried_again(int status)
    {
        await using var stub = await StubRekey.StartAsync();
        stub.On("POST /stop", """{"number":1}""").First("POST /stop", """{"reason":"try-later"}""", status, ("Retry-After", "0"));
        (await stub.RunAsync("stop")).Ended(0);
        Assert.Equal(2, stub.Requests.Count);
    }

    [Theory]
    [InlineData(429, "3600", "The server asks to wait 3,600 s.")]
    [InlineData(503, null, "Retry later.")]
    [InlineData(500, "0", "trace id")]
    [InlineData(502, null, "trace id")]
    public async Task What_a_person_would_not_wait_for_or_the_server_did_not_ask_for_is_not(int status, string? after, string words)
    {
        await using var stub = await StubRekey.StartAsync();
        stub.On("POST /stop", "", status, after is null ? [] : [("Retry-After", after)]);
        Assert.Contains(words, (await stub.RunAsync("stop")).Ended(1).Error, StringComparison.Ordinal);
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task Something_else_than_rekey_is_called_so()
    {
        await using var stub = await StubRekey.StartAsync();
        stub.On("GET /keys", "<html>Your app is up and running</html>").On("GET /blocks", $"[\"{new string('x', 17 * 1024 * 1024)}\"]");
        Assert.Contains("with text/html, not JSON", (await stub.RunAsync("keys")).Ended(1).Error, StringComparison.Ordinal);
        Assert.Contains("longer than 16 MiB", (await stub.RunAsync("blocks")).Ended(1).Error, StringComparison.Ordinal);
        stub.On("GET /departures", "<html>Not Found</html>", 404);
        Assert.Contains("This Rekey has no GET departures", (await stub.RunAsync("departures")).Ended(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_without_end_is_refused()
    {
        await using var stub = await StubRekey.StartAsync();
        stub.On("GET /keys", """{"keys":[],"next":"x"}""");
        Assert.Contains("more than 1,000 pages", (await stub.RunAsync("keys")).Ended(1).Error, StringComparison.Ordinal);
    }
}
