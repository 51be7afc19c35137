using Rekey.Azure.Hosting;
using Rekey.Azure.ResourceManager;
using Rekey.Azure.Tests.Support;
using Rekey.Checks;

namespace Rekey.Azure.Tests.Hosting;

public sealed class DeploymentReaderTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly Guid Subscription = Guid.Parse("11111111-2222-3333-4444-555555555555");
    private static readonly string Providers = $"/subscriptions/{Subscription}/providers";

    [Fact]
    public async Task Providers_and_rights_are_read_and_what_cannot_be_read_stays_open()
    {
        await using var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        foreach (var provider in PlanFacts.NeededProviders)
        {
            stub.On("GET", $"{Providers}/{provider}", new Reply(200, """{"namespace":"x","registrationState":"Registered"}"""));
        }

        stub.On("GET", $"{Providers}/Microsoft.App", new Reply(200, """{"registrationState":"NotRegistered"}"""));
        stub.On("GET", $"{Providers}/Microsoft.Web", Reply.Error(403, "AuthorizationFailed"));
        stub.On(
            "GET",
            $"{Providers}/Microsoft.Authorization/permissions",
            new Reply(200, """{"value":[{"actions":["*"],"notActions":["Microsoft.Authorization/*/write"],"dataActions":[]}]}""")
        );
        using var reader = Reader(stub);
        var facts = await reader.ReadAsync(Subscription, [], Cancel);
        Assert.Equal("NotRegistered", facts.Providers["Microsoft.App"].Value);
        Assert.Equal("Registered", facts.Providers["Microsoft.KeyVault"].Value);
        Assert.Contains("403", facts.Providers["Microsoft.Web"].Failure, StringComparison.Ordinal);
        Assert.Contains("az login", facts.Providers["Microsoft.Web"].Failure, StringComparison.Ordinal);
        var permission = Assert.Single(facts.Permissions.Value!);
        Assert.True(permission.Gives("Microsoft.Resources/deployments/write"));
        Assert.False(permission.Gives("Microsoft.Authorization/roleAssignments/write"));
    }

    [Fact]
    public async Task Silence_is_no_answer()
    {
        await using var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        stub.Answers = _ => Reply.Error(503, "X");
        using var reader = Reader(stub);
        var facts = await reader.ReadAsync(Subscription, [], Cancel);
        Assert.All(facts.Providers.Values, p => Assert.NotNull(p.Failure));
        Assert.Null(facts.Permissions.Value);
    }

    [Theory]
    [InlineData("""{"nameAvailable":true}""", false, "")]
    [InlineData("""{"nameAvailable":false,"reason":"AlreadyExists","message":"It is taken."}""", false, "It is taken.")]
    [InlineData("""{"nameAvailable":false,"reason":"AlreadyExists","message":"It is taken."}""", true, "")]
    [InlineData("""{"nameAvailable":false,"reason":"AccountNameInvalid","message":"It is not legal."}""", false, "It is not legal.")]
    [InlineData("""{"x":1}""", false, null)]
    public async Task A_name_is_free_or_ours_or_azure_says_why_not(string answer, bool isOurs, string? refusal)
    {
        foreach (var type in DeploymentReader.NamedTypes)
        {
            await using var stub = await StubServer.StartAsync();
            stub.Challenge = null;
            var id = $"/subscriptions/{Subscription}/resourceGroups/rg/providers/{type}/thename";
            stub.Answers = asked =>
                asked.Method == "POST"
                && asked.Path == $"{Providers}/{type.Split('/')[0]}/checkNameAvailability"
                && asked.Body.Contains($"\"name\":\"thename\",\"type\":\"{type}\"", StringComparison.Ordinal)
                    ? new Reply(200, answer)
                : isOurs && asked.Path == id ? new Reply(200, $$"""{"id":"{{id}}","name":"thename","properties":{"x":1} }""")
                : Reply.Error(404, "ResourceNotFound");
            using var reader = Reader(stub);
            var name = Assert.Single((await reader.ReadAsync(Subscription, [id], Cancel)).Names);
            Assert.Equal((id, refusal), (name.ResourceId, name.Refusal.Value));
            Assert.Equal(refusal is null, name.Refusal.Failure is not null);
        }
    }

    [Fact]
    public async Task The_clock_is_that_of_the_answer()
    {
        await using var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        stub.Answers = _ => Reply.Error(404, "X");
        using var reader = Reader(stub, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(1)));
        var ahead = (await reader.ReadAsync(Subscription, [], Cancel)).ClockAhead.Value;
        Assert.InRange(ahead, TimeSpan.FromMinutes(55), TimeSpan.FromMinutes(65));
    }

    [Fact]
    public async Task What_is_on_in_an_environment_is_read_by_its_group()
    {
        const string group = "/resourceGroups/rg-rekey-prod";
        string Path(string below) => $"/subscriptions/{Subscription}{group}{below}";
        static Reply List(params (string Name, string Properties)[] items) =>
            new(
                200,
                "{\"value\":[" + string.Join(',', items.Select(i => $"{{\"name\":\"{i.Name}\",\"properties\":{i.Properties}}}")) + "]}"
            );

        await using var stub = await StubServer.StartAsync();
        stub.Challenge = null;
        Dictionary<string, Reply> answers = new(StringComparer.Ordinal)
        {
            [Path("")] = new(200, """{"name":"rg-rekey-prod","tags":{"rekey-size":"full"}}"""),
            [Path("/providers/Microsoft.EventGrid/partnerTopics")] = List(
                ("a", """{"activationState":"Activated"}"""),
                ("b", """{"activationState":"NeverActivated"}""")
            ),
            [Path("/providers/Microsoft.Insights/scheduledQueryRules")] = List(
                ("c", """{"enabled":true}"""),
                ("d", """{"enabled":false}""")
            ),
            [Path("/providers/Microsoft.Insights/metricAlerts")] = List(("e", """{"enabled":true}""")),
            [Path("/providers/Microsoft.Insights/activityLogAlerts")] = List(("f", """{"enabled":true}""")),
            [Path("/providers/Microsoft.Authorization/policyAssignments")] = List(("g", """{"enforcementMode":"DoNotEnforce"}""")),
            [Path("-keys/providers/Microsoft.Authorization/policyAssignments")] = List(
                ("h", """{"enforcementMode":"Default"}"""),
                ("i", "{}")
            ),
        };
        stub.Answers = asked => answers.GetValueOrDefault(asked.Path) ?? Reply.Error(404, "ResourceGroupNotFound");
        using var reader = Reader(stub);
        var facts = await reader.ReadEnvironmentAsync(Subscription, "prod", Cancel);
        Assert.Equal(("rg-rekey-prod", "full"), (facts.Group, facts.Size.Value));
        Assert.Equal("a:True b:False", Text(facts.PartnerTopics));
        Assert.Equal("c:True d:False e:True f:True", Text(facts.AlertRules));
        Assert.Equal("g:False h:True i:True", Text(facts.Policies));

        stub.Answers = _ => Reply.Error(403, "AuthorizationFailed");
        facts = await reader.ReadEnvironmentAsync(Subscription, "prod", Cancel);
        Assert.All(
            (string?[])[facts.Size.Failure, facts.PartnerTopics.Failure, facts.AlertRules.Failure, facts.Policies.Failure],
            failure => Assert.Contains("403", failure, StringComparison.Ordinal)
        );

        static string Text(Known<IReadOnlyList<NamedState>> known) => string.Join(' ', known.Value!.Select(s => $"{s.Name}:{s.IsOn}"));
    }

    private static DeploymentReader Reader(StubServer stub, TimeProvider? timeProvider = null)
    {
        var options = new ResourceManagerClientOptions(new Uri("https://management.azure.com"), "https://management.azure.com/.default")
        {
            Transport = stub.Transport(),
        };
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        return new(
            ResourceManagerClient.Calls(
                new FakeCredential(),
                options,
                new(TimeProvider.System, TimeSpan.FromSeconds(60)),
                TimeProvider.System,
                "Sign in with az login as a person who may read the subscription."
            ),
            new Uri("https://management.azure.com"),
            stub.Client(),
            timeProvider ?? TimeProvider.System
        );
    }
}
