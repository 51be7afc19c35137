using Rekey.Checks;
using Rekey.VaultAccess.Roles;

namespace Rekey.Tests.Checks;

/// <summary>What is missing before a deployment is named, with the command that adds it.</summary>
public sealed class PlanChecksTests
{
    private static readonly Guid Subscription = Guid.Parse("99999999-1111-4222-8333-444444444444");

    [Fact]
    public void An_owner_of_a_prepared_subscription_may_deploy() =>
        Assert.All(PlanChecks.Judge(Facts(["*"], [])), c => Assert.Equal((CheckState.Ok, null), (c.State, c.Do)));

    [Theory]
    [InlineData("NotRegistered", CheckState.Act)]
    [InlineData("Registering", CheckState.Act)]
    [InlineData(null, CheckState.Unknown)]
    public void Each_provider_has_a_line_with_its_command(string? state, CheckState expected)
    {
        foreach (var provider in PlanFacts.NeededProviders)
        {
            var facts = Facts(["*"], []);
            var providers = facts.Providers.ToDictionary();
            providers[provider] = new(state, state is null ? "Silence." : null);
            var check = Assert.Single(PlanChecks.Judge(facts with { Providers = providers }), c => c.State is not CheckState.Ok);
            Assert.Equal(expected, check.State);
            Assert.Contains(
                $"az provider register --namespace {provider} --subscription {Subscription}",
                check.Do,
                StringComparison.Ordinal
            );
        }
    }

    [Theory]
    [InlineData("*", "Microsoft.Authorization/*/write", "policyAssignments/write")]
    [InlineData("*/read", "", "deploymentStacks/write")]
    [InlineData("Microsoft.Resources/*", "", "roleAssignments/write")]
    public void Rights_that_are_missing_are_named(string action, string not, string missing)
    {
        var check = Assert.Single(PlanChecks.Judge(Facts([action], not.Length == 0 ? [] : [not])), c => c.State is not CheckState.Ok);
        Assert.Equal(("rights", CheckState.Act), (check.Name, check.State));
        Assert.Contains(missing, check.Says, StringComparison.Ordinal);
        Assert.Contains("infra/deployer.bicep", check.Do, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_azure_refuses_has_a_line_with_its_reason()
    {
        var facts = Facts(["*"], []);
        const string vault = "/subscriptions/x/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-shop-dev-35xiu";
        PlannedName[] names = [new(vault, "The name is already in use."), new($"{vault}x", new(null, "Silence.")), new($"{vault}y", "")];
        var checks = PlanChecks
            .Judge(facts with { Names = names })
            .Where(c => c.Name.StartsWith("name ", StringComparison.Ordinal))
            .ToList();
        Assert.Equal([CheckState.Act, CheckState.Unknown, CheckState.Ok], checks.Select(c => c.State));
        Assert.Equal("name kv-shop-dev-35xiu", checks[0].Name);
        Assert.Contains("Microsoft.KeyVault/vaults: The name is already in use.", checks[0].Says, StringComparison.Ordinal);
        Assert.Contains("vaults.recover = true", checks[0].Do, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(61, CheckState.Act)]
    [InlineData(-61, CheckState.Act)]
    [InlineData(60, CheckState.Ok)]
    [InlineData(null, CheckState.Unknown)]
    public void A_clock_may_be_a_minute_off(int? ahead, CheckState expected)
    {
        var known = ahead is { } seconds ? (Known<TimeSpan>)TimeSpan.FromSeconds(seconds) : new(default, "Silence.");
        var clock = PlanChecks.Judge(Facts(["*"], []) with { ClockAhead = known }).Single(c => c.Name == "clock");
        Assert.Equal(expected, clock.State);
        Assert.Equal(expected is CheckState.Ok, clock.Do is null);
    }

    [Fact]
    public void Rights_that_cannot_be_read_are_unknown() =>
        Assert.Equal(
            CheckState.Unknown,
            PlanChecks.Judge(Facts(["*"], []) with { Permissions = new(null, "Silence.") }).Single(c => c.Name == "rights").State
        );

    private static PlanFacts Facts(IReadOnlyList<string> actions, IReadOnlyList<string> notActions) =>
        new(
            Subscription,
            PlanFacts.NeededProviders.ToDictionary(p => p, _ => (Known<string>)"Registered"),
            new([new RolePermission(actions, notActions, [], [])], Failure: null),
            [new($"/subscriptions/{Subscription}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/strkdevhost", "")],
            TimeSpan.FromSeconds(3)
        );
}
