using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Operators;

/// <summary>What <c>rekey doctor</c> refuses before it asks Azure for anything.</summary>
public sealed class DoctorPlanTests : IDisposable
{
    private const string Subscription = "11111111-2222-4333-8444-555555555555";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Give --subscription with either --plan or --environment", "--plan")]
    [InlineData("Give --subscription with either --plan or --environment", "--environment", "prod")]
    [InlineData("Give --subscription with either --plan or --environment", "--subscription", Subscription)]
    [InlineData(
        "Give --subscription with either --plan or --environment",
        "--plan",
        "--environment",
        "prod",
        "--subscription",
        Subscription
    )]
    [InlineData("Give --names with --plan only", "--environment", "prod", "--subscription", Subscription, "--names", "x.json")]
    public async Task What_does_not_go_together_is_refused(string said, params string[] arguments) =>
        Assert.Contains(said, (await Tool.RunAsync(["doctor", .. arguments])).Ended(1).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("{}", "is no snapshot")]
    [InlineData("[", "cannot be read")]
    [InlineData("""{"predictedResources":[]}""", "has no storage account, vault or app")]
    [InlineData(
        """{"predictedResources":[{"type":"Microsoft.KeyVault/vaults","id":"/subscriptions/0/providers/Microsoft.KeyVault/vaults/v"}]}""",
        "is not of the subscription 11111111-2222-4333-8444-555555555555"
    )]
    public async Task A_file_without_the_names_of_this_subscription_is_refused(string text, string said)
    {
        var run = await Tool.RunAsync("doctor", "--plan", "--subscription", Subscription, "--names", _folder.Write("dev.json", text));
        Assert.Contains(said, run.Ended(1).Error, StringComparison.Ordinal);
        Assert.Contains("bicep snapshot", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_that_are_none_are_refused()
    {
        Assert.Contains(
            "'x' is not the id of a subscription",
            (await Tool.RunAsync("doctor", "--plan", "--subscription", "x")).Ended(1).Error,
            StringComparison.Ordinal
        );
        await using var stub = await StubRekey.StartAsync();
        Assert.Contains(
            "'Prod!' is not the name of an environment",
            (await stub.RunAsync("doctor", "--environment", "Prod!", "--subscription", Subscription)).Ended(1).Error,
            StringComparison.Ordinal
        );
    }
}
