namespace Rekey.Cli.Tests.Operators;

/// <summary>How the tool finds a server and signs in. No token is ever shown: <see cref="StubRekey"/> looks at every run.</summary>
public sealed class SignInTests
{
    [Fact]
    public async Task With_az_login_the_tool_asks_the_azure_cli_for_the_scope()
    {
        await using var stub = await StubRekey.StartAsync();
        var folder = stub.WriteProgram(
            "az",
            $$"""
            #!/bin/sh
            echo "$@" >> "$REKEY_AZ_CALLS"
            echo '{"accessToken":"{{StubRekey.Token}}","expires_on":{{DateTimeOffset.UtcNow.AddHours(
                1
            ).ToUnixTimeSeconds()}},"tenant":"t","tokenType":"Bearer"}'
            """
        );
        var calls = Path.Combine(folder, "calls");
        (await stub.RunBareAsync(Az(folder, calls), Bare(stub, "status"))).Ended(0);
        Assert.Equal(5, stub.Requests.Count);
        Assert.Contains("--resource api://rekey", Assert.Single(await File.ReadAllLinesAsync(calls, Cancel)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ERROR: Please run 'az login' to setup account.", "You are not signed in: ", "Run: az login")]
    [InlineData("ERROR: AADSTS500011: The resource principal named api://rekey was not found.", "There is no token for", "Run: az login")]
    public async Task Who_is_not_signed_in_reads_az_login(string said, string words, string remedy)
    {
        await using var stub = await StubRekey.StartAsync();
        var folder = stub.WriteProgram("az", $"#!/bin/sh\necho \"{said}\" >&2\nexit 1\n");
        var run = (await stub.RunBareAsync(Az(folder, Path.Combine(folder, "calls")), Bare(stub, "status"))).Ended(1);
        Assert.StartsWith($"error: {words}", run.Error, StringComparison.Ordinal);
        Assert.Contains(remedy, run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.Error.TrimEnd('\n').Split('\n').Length);
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task A_managed_identity_gets_a_token_for_the_resource()
    {
        await using var stub = await StubRekey.StartAsync();
        (await stub.RunAloneAsync([.. Bare(stub, "keys"), "--login", "managedIdentity"])).Ended(0);
        Assert.Equal("api://rekey", Assert.Single(stub.SignIns));
    }

    [Theory]
    [InlineData("prod", "--profile,prod")]
    [InlineData("default", "")]
    public async Task A_profile_says_where_the_server_is_and_how_to_sign_in(string name, string options)
    {
        await using var stub = await StubRekey.StartAsync();
        stub.WriteProfile(name, ",\"login\":\"managedIdentity\"");
        (await stub.RunAloneAsync(["keys", .. options.Split(',', StringSplitOptions.RemoveEmptyEntries)])).Ended(0);
        Assert.Equal("api://rekey", Assert.Single(stub.SignIns));

        // The command line goes first, then the environment, then the profile 'default'.
        var local = (await stub.RunBareAsync(new Dictionary<string, string> { ["REKEY_SERVER"] = "local" }, "keys")).Ended(0);
        Assert.Contains("client-Reader", stub.SignIns);
        Assert.Empty(local.Error);
        var other = await stub.RunAloneAsync("keys", "--server", "https://localhost:1", "--scope", "x", "--login", "managedIdentity");
        Assert.Contains("https://localhost:1 cannot be reached", other.Ended(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_is_named_by_the_name_with_which_they_sign_in()
    {
        await using var stub = await StubRekey.StartAsync();
        stub.WriteProfile("prod", $",\"login\":\"managedIdentity\",\"graph\":\"{stub.Address}\"");
        stub.On("GET /v1.0/users/alice@contoso.example", $$"""{"id":"{{ApiBodies.Person}}"}""");
        stub.On("GET /v1.0/users/nobody@contoso.example", """{"error":{"code":"Request_ResourceNotFound","message":"None."}}""", 404);
        stub.On("POST /departures", "{}", 202);
        string[] report = ["departures", "report", "alice@contoso.example", "--profile", "prod", "--yes"];
        (await stub.RunAloneAsync(report)).Ended(0);
        Assert.Contains(ApiBodies.Person, Assert.Single(stub.Requests, r => r.Line == "POST /departures").Body, StringComparison.Ordinal);

        (await stub.RunAloneAsync("departures", "list", "--person", "alice@contoso.example", "--profile", "prod")).Ended(0);
        Assert.Contains(stub.Requests, r => r.Line == $"GET /departures?person={ApiBodies.Person}");

        report[2] = "nobody@contoso.example";
        Assert.Contains("no person with the name", (await stub.RunAloneAsync(report)).Ended(1).Error, StringComparison.Ordinal);
        report[2] = "alice";
        Assert.Contains("is not an object id", (await stub.RunAloneAsync(report)).Ended(1).Error, StringComparison.Ordinal);
        Assert.Single(stub.Requests, r => r.Line == "POST /departures");
    }

    [Fact]
    public async Task The_local_world_has_clients_by_role()
    {
        await using var stub = await StubRekey.StartAsync();
        (await stub.RunAsync("keys", "--as", "approver")).Ended(0);
        Assert.Equal("client-Approver", Assert.Single(stub.SignIns));
        Assert.Contains(
            "Clients: reader, operator, approver.",
            (await stub.RunAsync("keys", "--as", "nobody")).Ended(1).Error,
            StringComparison.Ordinal
        );
        var none = await stub.RunBareAsync(
            new Dictionary<string, string> { ["REKEY_LOCAL_STATE"] = "/nosuch/local.json" },
            "keys",
            "--server",
            "local"
        );
        Assert.Contains("dotnet run --project src/Rekey.Local", none.Ended(1).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "No Rekey is named.", "--server local")]
    [InlineData("--profile nosuch", "There is no profile 'nosuch'", "Write it like this")]
    [InlineData("--profile broken", "cannot be read", "Write it like this")]
    [InlineData("--profile misspelt", "cannot be read", "Write it like this")]
    [InlineData("--profile ../x", "is not the name of a profile", "letters")]
    [InlineData("--profile plain", "is not an https address", "https")]
    [InlineData("--server http://rekey.example --scope x", "is not an https address", "https")]
    [InlineData("--server rekey.example --scope x", "is not an https address", "https")]
    [InlineData("--server https://rekey.example", "The scope of tokens for https://rekey.example is not known.", "--scope")]
    [InlineData("--server https://rekey.example --profile prod", "Give either --server or --profile", "--help")]
    [InlineData("--server local --limit many", "is not a number", "--help")]
    public async Task What_is_missing_or_wrong_about_the_connection_is_said_before_anything_is_sent(
        string options,
        string words,
        string remedy
    )
    {
        await using var stub = await StubRekey.StartAsync();
        var folder = Path.GetDirectoryName(stub.WriteProfile("prod"))!;
        await File.WriteAllTextAsync(Path.Combine(folder, "broken.json"), "{", Cancel);
        await File.WriteAllTextAsync(Path.Combine(folder, "misspelt.json"), """{"server":"https://x","scope":"y","servre":"z"}""", Cancel);
        await File.WriteAllTextAsync(Path.Combine(folder, "plain.json"), """{"server":"http://x","scope":"y"}""", Cancel);
        var run = (await stub.RunBareAsync(null, ["keys", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)])).Ended(1);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.Contains(remedy, run.Error, StringComparison.Ordinal);
        Assert.Empty(stub.Requests);
        Assert.Empty(stub.SignIns);
    }

    [Fact]
    public async Task An_authority_is_trusted_only_when_it_is_named()
    {
        await using var stub = await StubRekey.StartAsync();
        var run = await stub.RunAloneAsync(
            "keys",
            "--server",
            stub.Address.ToString(),
            "--scope",
            "api://rekey",
            "--login",
            "managedIdentity"
        );
        Assert.Contains("--trusted-ca", run.Ended(1).Error, StringComparison.Ordinal);
        Assert.Empty(stub.Requests);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string[] Bare(StubRekey stub, string command) =>
        [command, "--server", stub.Address.ToString(), "--scope", "api://rekey", "--trusted-ca", stub.CaFile];

    private static Dictionary<string, string> Az(string folder, string calls) =>
        new(StringComparer.Ordinal) { ["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}", ["REKEY_AZ_CALLS"] = calls };
}
