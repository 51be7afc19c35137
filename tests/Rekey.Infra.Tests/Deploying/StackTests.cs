using System.Text.RegularExpressions;
using Rekey.Infra.Tests.Templates;
using YamlDotNet.RepresentationModel;

namespace Rekey.Infra.Tests.Deploying;

/// <summary>The deployment stack: what its deny settings deny and leave, and that what is shown before is what is deployed.</summary>
public sealed partial class StackTests : IDisposable
{
    private const string BreakGlass = "00000000-0000-4000-8000-0000000b0001";

    /// <summary>Ways to a key, to the evidence or out of the audit. No reason is good enough to leave one of these to everybody.</summary>
    private static readonly string[] NeverFree =
    [
        "*",
        "Microsoft.KeyVault/",
        "Microsoft.Storage/",
        "Microsoft.Insights/",
        "Microsoft.ManagedIdentity/",
        "Microsoft.EventGrid/",
        "Microsoft.Web/sites/write",
        "Microsoft.Web/sites/config/write",
        "Microsoft.Web/sites/host/",
        "Microsoft.Web/sites/functions/",
        "Microsoft.Web/sites/publish",
        "Microsoft.Web/sites/extensions/",
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Authorization/policy",
        "Microsoft.Authorization/lock",
        "Microsoft.Resources/",
    ];

    /// <summary>The work of others that stays possible: each with an action that they need.</summary>
    private static readonly Dictionary<string, string[]> Work = new(StringComparer.Ordinal)
    {
        ["grants"] = ["Microsoft.Authorization/roleAssignments/delete", "Microsoft.Authorization/roleAssignmentScheduleRequests/write"],
        ["on-call"] =
        [
            "Microsoft.Web/sites/start/action",
            "Microsoft.Web/sites/stop/action",
            "Microsoft.Web/sites/restart/action",
            "Microsoft.Web/sites/config/list/action",
        ],
        ["network"] =
        [
            "Microsoft.Network/virtualNetworks/peer/action",
            "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write",
            "Microsoft.Network/virtualNetworks/subnets/join/action",
            "Microsoft.Web/sites/privateEndpointConnectionsApproval/action",
        ],
        ["policy"] = ["Microsoft.PolicyInsights/remediations/write"],
    };

    private readonly ScriptBench _bench = new();

    public void Dispose() => _bench.Dispose();

    /// <summary>The Azure CLI splits one value at its spaces; a second value is an argument that it does not know.</summary>
    [Fact]
    public async Task The_lists_of_the_deny_settings_are_one_value_each()
    {
        var end = await RunAsync("create", BreakGlass, "00000000-0000-4000-8000-0000000000f1 00000000-0000-4000-8000-0000000000f2");
        Assert.True(end.Exit == 0, end.Error);
        var create = Assert.Single(end.Calls, c => c[0] == "stack");
        Assert.Equal("stack sub create --name rekey-prod", string.Join(' ', create.Take(5)));
        var options = create.Skip(3).Where(a => a.StartsWith("--", StringComparison.Ordinal)).ToList();
        var values = create.Skip(3).Where(a => !a.StartsWith("--", StringComparison.Ordinal)).ToList();
        Assert.Equal(options.Distinct(StringComparer.Ordinal), options);

        // Two options are flags.
        Assert.Equal(options.Count - 2, values.Count);
        Assert.Equal(
            [AzureScript.Deployer, "00000000-0000-4000-8000-0000000000f1", "00000000-0000-4000-8000-0000000000f2", BreakGlass],
            end.Option("--deny-settings-excluded-principals").Split(' ')
        );
        Assert.Equal("denyWriteAndDelete", end.Option("--deny-settings-mode"));
        Assert.Contains("--deny-settings-apply-to-child-scopes", create);
        Assert.Equal("detachAll", end.Option("--action-on-unmanage"));
        Assert.InRange(end.Option("--deny-settings-excluded-actions").Split(' ').Length, Work.Values.Sum(w => w.Length), 200);
    }

    [Fact]
    public async Task Others_can_do_their_work_and_nobody_gets_a_way_to_a_key()
    {
        var end = await RunAsync("create", "none");
        var free = end.Option("--deny-settings-excluded-actions").Split(' ');
        Assert.All(Work, work => Assert.All(work.Value, action => Assert.Contains(action, free)));
        Assert.All(free, action => Assert.Matches(Operation(), action));
        Assert.All(free, action => Assert.DoesNotContain(NeverFree, never => action.StartsWith(never, StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(free.Distinct(StringComparer.OrdinalIgnoreCase), free);

        // The manual says what each is for.
        var manual = await File.ReadAllTextAsync(Path.Combine(Bicep.Infra, "README.md"), TestContext.Current.CancellationToken);
        Assert.All(free, action => Assert.Contains($"`{action["Microsoft.".Length..]}`", manual, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_shown_is_what_is_deployed()
    {
        var (shown, deployed) = (await RunAsync("what-if", BreakGlass), await RunAsync("create", BreakGlass));
        Assert.True(shown.Exit == 0 && deployed.Exit == 0, shown.Error + deployed.Error);
        Assert.Equal("stack-whatif sub create", string.Join(' ', shown.Calls[^1].Take(3)));
        Assert.Equal(
            $"/subscriptions/{AzureScript.Subscription}/providers/Microsoft.Resources/deploymentStacks/rekey-prod",
            shown.Option("--stack-id")
        );
        foreach (
            var option in (string[])
                [
                    "--parameters",
                    "--location",
                    "--action-on-unmanage",
                    "--deny-settings-mode",
                    "--deny-settings-excluded-actions",
                    "--deny-settings-excluded-principals",
                ]
        )
        {
            Assert.Equal(deployed.Option(option), shown.Option(option));
        }

        // To show writes nothing: no provider is registered, no stack made.
        Assert.DoesNotContain(shown.Asked, a =>
            a.StartsWith("provider", StringComparison.Ordinal) || a.StartsWith("stack sub", StringComparison.Ordinal)
        );
    }

    /// <summary>A subnet's delegation names Microsoft.App in a text only, and Azure registers the providers of resources alone.</summary>
    [Fact]
    public async Task Providers_that_the_template_names_in_a_text_are_registered_first()
    {
        var end = await RunAsync("create", "none");
        var registered = end
            .Calls.TakeWhile(c => c[0] != "stack")
            .Where(c => c is ["provider", "register", ..])
            .Select(c => c.SkipWhile(a => a != "--namespace").ElementAt(1))
            .ToList();
        var named = Directory
            .EnumerateFiles(Bicep.Infra, "*.bicep", SearchOption.AllDirectories)
            .SelectMany(f => Delegation().Matches(File.ReadAllText(f)))
            .Select(m => m.Groups["provider"].Value)
            .ToHashSet(StringComparer.Ordinal);
        Assert.Contains("Microsoft.App", named);
        Assert.Superset(named, registered.ToHashSet(StringComparer.Ordinal));
        var hook = Workflows.Steps.Single(s => s.Name == "preprovision");
        Assert.Contains("infra/providers.sh\n", hook.Run, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("what", "none", "")]
    [InlineData("create", "the group", "")]
    [InlineData("create", "none", "1 2")]
    [InlineData(
        "create",
        BreakGlass,
        "00000000-0000-4000-8000-0000000000f1 00000000-0000-4000-8000-0000000000f2 00000000-0000-4000-8000-0000000000f3 "
            + "00000000-0000-4000-8000-0000000000f4"
    )]
    public async Task What_would_keep_the_wrong_people_out_is_refused_before_Azure_is_asked(string task, string breakGlass, string exempt)
    {
        var end = await RunAsync(task, breakGlass, exempt);
        Assert.NotEqual(0, end.Exit);
        Assert.Empty(end.Calls);
    }

    /// <summary>azd denies deletes alone, so that only the deletes need to be left free.</summary>
    [Fact]
    public async Task Azd_denies_deletes_and_leaves_the_same_deletes()
    {
        var free = (await RunAsync("create", "none")).Option("--deny-settings-excluded-actions").Split(' ');
        var stack = (YamlMappingNode)Workflows.Read("azure.yaml")["infra"]["deploymentStacks"];
        Assert.Equal("detach", ((YamlScalarNode)stack["actionOnUnmanage"]["resources"]).Value);
        Assert.Equal("denyDelete", ((YamlScalarNode)stack["denySettings"]["mode"]).Value);
        Assert.Equal("true", ((YamlScalarNode)stack["denySettings"]["applyToChildScopes"]).Value);
        Assert.Equal(
            free.Where(a => a.EndsWith("/delete", StringComparison.Ordinal)),
            ((YamlSequenceNode)stack["denySettings"]["excludedActions"]).Select(a => ((YamlScalarNode)a).Value)
        );
    }

    [GeneratedRegex(
        @"^Microsoft\.[A-Za-z]+(/[A-Za-z]+)+/(action|write|delete)$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Operation();

    [GeneratedRegex(@"serviceName: '(?<provider>Microsoft\.[A-Za-z]+)/", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Delegation();

    private Task<ScriptResult> RunAsync(string task, string breakGlass, string exempt = "")
    {
        var environment = AzureScript.Environment.ToDictionary(StringComparer.Ordinal);
        (environment["REKEY_BREAK_GLASS_GROUP_ID"], environment["REKEY_EXEMPT_PRINCIPAL_IDS"]) = (breakGlass, exempt);
        return _bench.RunAsync("stack.sh", "az", AzureScript.Locked("Locked"), environment, [task, "prod"]);
    }
}
