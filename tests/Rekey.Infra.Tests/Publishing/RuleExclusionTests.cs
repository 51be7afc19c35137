using System.Text.RegularExpressions;
using Rekey.Infra.Tests.Deploying;
using Rekey.Infra.Tests.Templates;
using YamlDotNet.RepresentationModel;

namespace Rekey.Infra.Tests.Publishing;

/// <summary>ps-rule.yaml excludes no rule that the review of the template did not name, and gives a reason for each.</summary>
public sealed partial class RuleExclusionTests
{
    /// <summary>The rules of PSRule for Azure that the reviewed template would have failed, by reading the rules. What is not excluded the
    /// template must keep.</summary>
    private static readonly string[] Reviewed =
    [
        "Azure.AppInsights.LocalAuth",
        "Azure.AppService.AlwaysOn",
        "Azure.AppService.ARRAffinity",
        "Azure.AppService.AvailabilityZone",
        "Azure.AppService.MinPlan",
        "Azure.AppService.PlanInstanceCount",
        "Azure.AppService.WebProbe",
        "Azure.AppService.WebProbePath",
        "Azure.AppService.WebSecureFtp",
        "Azure.Defender.AppServices",
        "Azure.Defender.Arm",
        "Azure.Defender.Cspm",
        "Azure.Defender.KeyVault",
        "Azure.Defender.Storage",
        "Azure.DefenderCloud.Contact",
        "Azure.EventGrid.ManagedIdentity",
        "Azure.EventGrid.TopicPublicAccess",
        "Azure.KeyVault.AccessPolicy",
        "Azure.KeyVault.AutoRotationPolicy",
        "Azure.KeyVault.RBAC",
        "Azure.Monitor.ServiceHealth",
        "Azure.NSG.LateralTraversal",
        "Azure.Policy.AssignmentAssignedBy",
        "Azure.Policy.AssignmentDescriptors",
        "Azure.PublicIP.AvailabilityZone",
        "Azure.RBAC.LimitOwner",
        "Azure.RBAC.UseRGDelegation",
        "Azure.Storage.DefenderCloud",
        "Azure.Storage.DefenderCloud.MalwareScan",
        "Azure.Storage.DefenderCloud.SensitiveData",
        "Azure.Template.ParameterMetadata",
        "Azure.VNET.FirewallSubnet",
    ];

    /// <summary>Rules that the template can keep, and so has to.</summary>
    private static readonly string[] Kept =
    [
        "Azure.AppInsights.LocalAuth",
        "Azure.Policy.AssignmentAssignedBy",
        "Azure.Policy.AssignmentDescriptors",
        "Azure.Template.ParameterMetadata",
    ];

    [Fact]
    public void Every_rule_of_the_review_is_kept_or_excluded()
    {
        var excluded = Excluded();
        Assert.Equal(Reviewed.Except(Kept, StringComparer.Ordinal).Order(StringComparer.Ordinal), excluded.Order(StringComparer.Ordinal));
    }

    /// <summary>On the line above, in a sentence.</summary>
    [Fact]
    public void Every_exclusion_has_a_reason()
    {
        var lines = File.ReadAllLines(Path.Combine(Bicep.Repository, "ps-rule.yaml"));
        var rules = lines.Index().Where(l => Rule().IsMatch(l.Item)).ToList();
        Assert.Equal(Excluded().Count, rules.Count);
        Assert.All(rules, rule => Assert.Matches(Reason(), lines[rule.Index - 1]));
    }

    [Fact]
    public void The_parameter_files_are_what_is_checked_and_the_workflow_checks_them()
    {
        var rules = Workflows.Read("ps-rule.yaml");
        Assert.Equal("true", Workflows.Text(rules, "configuration", "AZURE_BICEP_PARAMS_FILE_EXPANSION"));
        Assert.Equal(
            ["**", "!infra/*.bicepparam", "!infra/variants/*.bicepparam"],
            ((YamlSequenceNode)rules["input"]["pathIgnore"]).Select(p => ((YamlScalarNode)p).Value)
        );
        var steps = Workflows.StepsOf(Workflows.Read(".github/workflows/ci.yml")).Select(s => s.Step).ToList();
        Assert.Single(steps, s =>
            Workflows.Text(s, "uses").StartsWith("microsoft/ps-rule@", StringComparison.Ordinal)
            && Workflows.Text(s, "with", "modules") == "PSRule.Rules.Azure"
        );
        Assert.Single(steps, s => Workflows.Text(s, "run").StartsWith("shellcheck ", StringComparison.Ordinal));
    }

    private static List<string> Excluded() =>
        [.. ((YamlSequenceNode)Workflows.Read("ps-rule.yaml")["rule"]["exclude"]).Select(r => ((YamlScalarNode)r).Value!)];

    [GeneratedRegex(@"^\s+- Azure\.\w+(\.\w+)+$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Rule();

    [GeneratedRegex(@"^\s+# \w.{20,}\.$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Reason();
}
