using System.Text.Json.Nodes;
using Rekey.Infra.Tests.Estates;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Rules;

/// <summary>An environment's first deployment, its end, and its second beginning.</summary>
public sealed class LifeTests
{
    /// <summary>Partner topic, Graph subscription, client state and checkpoint key come after the first deployment.</summary>
    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public async Task An_example_names_nothing_that_is_not_there_before_its_first_deployment(string name)
    {
        var estate = await PredictedEstate.OfAsync(name);
        Assert.DoesNotContain(estate.Resources, r => r.Type.StartsWith("Microsoft.EventGrid/partnerTopics", StringComparison.Ordinal));
        string[] later =
        [
            "Rekey__Departures__ClientState",
            "Rekey__Departures__Previous",
            "Rekey__Departures__Subscription",
            "Rekey__Azure__CheckpointThumbprint",
        ];
        Assert.DoesNotContain(estate.Settings.Keys, k => later.Any(l => k.StartsWith(l, StringComparison.Ordinal)));

        // Nor does each of its deployments raise the alarm that somebody gave a right.
        var given = estate
            .Of("Microsoft.Insights/scheduledQueryRules")
            .Single(r => r.Name.EndsWith("-right-given", StringComparison.Ordinal));
        Assert.DoesNotContain("let Deployers = dynamic([])", given.Body.ToJsonString(), StringComparison.Ordinal);
    }

    /// <summary>The same request for an eligibility cannot be made twice, and Azure refuses it.</summary>
    [Fact]
    public async Task Two_deployments_never_make_the_same_request()
    {
        var (exit, output) = await Bicep.RunAsync("build", Path.Combine(Bicep.Infra, "main.bicep"), "--stdout");
        Assert.True(exit == 0, output);
        Assert.Equal("[utcNow()]", JsonNode.Parse(output)!["parameters"]!["deploymentMark"]!["defaultValue"]!.GetValue<string>());
        foreach (var file in Directory.EnumerateFiles(Bicep.Infra, "*.bicepparam"))
        {
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            Assert.DoesNotContain("param deploymentMark", text, StringComparison.Ordinal);
        }
    }

    /// <summary>What is deleted with purge protection is kept for 90 days, and so is its name.</summary>
    [Fact]
    public async Task An_environment_can_be_taken_down_and_made_again()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync(
            "dev.bicepparam",
            "developerGroupIds:",
            "breakGlassGroupId: '00000000-0000-4000-8000-0000000b0001'\n  breakGlassDuration: 'P90D'\n  developerGroupIds:"
        );
        await copy.ChangeAsync("dev.bicepparam", "param vaults = {", "param vaults = {\n  recover: true");
        await copy.ChangeAsync("dev.bicepparam", "param evidence = {", "param evidence = {\n  redundancy: 'Standard_LRS'");
        var (exit, output) = await copy.EvaluateAsync("dev");
        Assert.True(exit == 0, output);
        var (first, again) = (await PredictedEstate.OfAsync("dev"), await copy.EstateAsync("dev"));
        Assert.All(first.Vaults, v => Assert.Equal("default", v.Text("properties.createMode")));
        Assert.All(again.Vaults, v => Assert.Equal("recover", v.Text("properties.createMode")));
        Assert.Equal(first.Vaults.Select(v => v.Id), again.Vaults.Select(v => v.Id));
        Assert.All(again.Of("Microsoft.Storage/storageAccounts"), a => Assert.Equal("Standard_LRS", a.Text("sku.name")));
        Assert.All(again.Of("Microsoft.Authorization/roleEligibilityScheduleRequests"), e =>
            Assert.Equal("P90D", e.Text("properties.scheduleInfo.expiration.duration"))
        );

        // Locked evidence could not be deleted for a year: dev's is left unlocked, by what infra/complete.sh reads.
        Assert.False(await LocksAsync("dev"));
        Assert.True(await LocksAsync("prod"));
    }

    [Fact]
    public async Task Evidence_of_production_is_locked()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync("prod.bicepparam", "param audience", "param evidence = { lock: false }\nparam audience");
        var (exit, output) = await copy.EvaluateAsync("prod");
        Assert.NotEqual(0, exit);
        Assert.Contains("Evidence of production is locked", output, StringComparison.Ordinal);
    }

    /// <summary>Events would come for a client state that nothing has written.</summary>
    [Fact]
    public async Task A_partner_topic_without_a_client_state_is_refused()
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync("variants/prod-events.bicepparam", "param feed = {", "param feed = {\n  hasClientState: false");
        var (exit, output) = await copy.EvaluateAsync("variants/prod-events");
        Assert.NotEqual(0, exit);
        Assert.Contains(
            "feed.hasClientState: without a client state no event of the partner topic is taken",
            output,
            StringComparison.Ordinal
        );
    }

    /// <summary>Azure may write a group's name in another case than the parameter file: a comparison would drop a grant unseen.</summary>
    [Fact]
    public async Task No_template_compares_a_resource_groups_own_name()
    {
        foreach (var file in Directory.EnumerateFiles(Bicep.Infra, "*.bicep", SearchOption.AllDirectories))
        {
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            Assert.DoesNotContain("resourceGroup().name", text, StringComparison.Ordinal);
        }
    }

    private static async Task<bool> LocksAsync(string name)
    {
        var snapshot = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(Bicep.Infra, $"{name}.snapshot.json"), TestContext.Current.CancellationToken)
        )!;
        return snapshot["outputs"]!["REKEY_LOCK_EVIDENCE"]!.GetValue<bool>();
    }
}
