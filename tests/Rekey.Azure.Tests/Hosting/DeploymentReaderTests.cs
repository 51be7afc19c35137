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
        var facts = await reader.ReadAsync(Subscription, Cancel);
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
        var facts = await reader.ReadAsync(Subscription, Cancel);
        Assert.All(facts.Providers.Values, p => Assert.NotNull(p.Failure));
        Assert.Null(facts.Permissions.Value);
    }

    private static DeploymentReader Reader(StubServer stub)
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
                TimeProvider.System,
                "Sign in with az login as a person who may read the subscription."
            )
        );
    }
}
