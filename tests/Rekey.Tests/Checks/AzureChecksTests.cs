using Rekey.Checks;

namespace Rekey.Tests.Checks;

/// <summary>What only the operator can see in Azure: each thing that is off has a line with its command.</summary>
public sealed class AzureChecksTests
{
    private static readonly AzureFacts Good = new(
        "rg-rekey-prod",
        "full",
        Known(new NamedState("pt-rekey-users", IsOn: true)),
        Known(new NamedState("alert-finding", IsOn: true), new NamedState("alert-silence", IsOn: true)),
        Known(new NamedState("rekey-roles", IsOn: true))
    );

    public static TheoryData<string> Cases => [.. Broken.Keys];

    private static Dictionary<string, (Func<AzureFacts, AzureFacts> Break, string Name, CheckState State, string Do)> Broken { get; } =
        new(StringComparer.Ordinal)
        {
            ["the topic was never activated"] = (
                f => f with { PartnerTopics = Known(new NamedState("pt-rekey-users", IsOn: false)) },
                "partner topic",
                CheckState.Act,
                "az eventgrid partner topic activate --resource-group rg-rekey-prod --name pt-rekey-users"
            ),
            ["one of two topics was never activated"] = (
                f => f with { PartnerTopics = Known(new NamedState("a", IsOn: true), new NamedState("pt-b", IsOn: false)) },
                "partner topic",
                CheckState.Act,
                "--name pt-b"
            ),
            ["there is no topic"] = (
                f => f with { PartnerTopics = Known() },
                "partner topic",
                CheckState.Act,
                "feed.hasClientState = true"
            ),
            ["topics cannot be read"] = (
                f => f with { PartnerTopics = new(null, "403.") },
                "partner topic",
                CheckState.Unknown,
                "az login"
            ),
            ["a rule is disabled"] = (
                f =>
                    f with
                    {
                        AlertRules = Known(new NamedState("alert-finding", IsOn: true), new NamedState("alert-silence", IsOn: false)),
                    },
                "alert rules",
                CheckState.Act,
                "deploy again"
            ),
            ["there is no rule"] = (f => f with { AlertRules = Known() }, "alert rules", CheckState.Act, "Deploy again."),
            ["rules cannot be read"] = (f => f with { AlertRules = new(null, "403.") }, "alert rules", CheckState.Unknown, "Reader"),
            ["a policy is not enforced"] = (
                f => f with { Policies = Known(new NamedState("rekey-roles", IsOn: false)) },
                "policies",
                CheckState.Act,
                "deploy again"
            ),
            ["no policy is assigned"] = (f => f with { Policies = Known() }, "policies", CheckState.Act, "Deploy again."),
            ["policies cannot be read"] = (f => f with { Policies = new(null, "403.") }, "policies", CheckState.Unknown, "Reader"),
            ["the size cannot be read"] = (
                f => f with { Size = new(null, "403."), Policies = Known() },
                "policies",
                CheckState.Unknown,
                "Reader"
            ),
        };

    [Fact]
    public void What_is_on_is_ok() => Assert.All(AzureChecks.Judge(Good), c => Assert.Equal((CheckState.Ok, null), (c.State, c.Do)));

    [Fact]
    public void The_size_that_observes_has_no_policies() =>
        Assert.All(AzureChecks.Judge(Good with { Size = "observe", Policies = Known() }), c => Assert.Equal(CheckState.Ok, c.State));

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_off_is_the_one_line_that_is_not_ok(string what)
    {
        var (change, name, state, command) = Broken[what];
        var check = Assert.Single(AzureChecks.Judge(change(Good)), c => c.State is not CheckState.Ok);
        Assert.Equal((name, state), (check.Name, check.State));
        Assert.Contains(command, check.Do, StringComparison.Ordinal);
    }

    private static Known<IReadOnlyList<NamedState>> Known(params NamedState[] states) => new(states, Failure: null);
}
