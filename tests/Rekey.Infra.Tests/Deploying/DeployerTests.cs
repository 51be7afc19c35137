using System.Text.Json.Nodes;
using Rekey.Checks;
using Rekey.Infra.Tests.Estates;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Deploying;

/// <summary>The identity that deploys has what the templates need, and is no Owner.</summary>
public sealed class DeployerTests
{
    private const string Authorization = "Microsoft.Authorization/";
    private const string Contributor = "b24988ac-6180-42a0-ab88-20f7382dd24c";
    private const string Deployer = "00000000-0000-4000-8000-0000000e0001";

    /// <summary>Roles by which a pipeline could give itself every other one ("Azure built-in roles").</summary>
    private static readonly string[] Privileged =
    [
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    ];

    /// <summary>By the parameter files that are in the repository: whether they are production.</summary>
    private static readonly (string Name, bool Production)[] Environments =
    [
        ("dev", false),
        ("variants/dev-observe", false),
        ("variants/dev-standard", false),
        ("prod", true),
        ("variants/prod-access-policies", true),
        ("variants/prod-events", true),
    ];

    /// <summary>Contributor writes everything but what is of Microsoft.Authorization, and sets no deny settings.</summary>
    [Fact]
    public async Task Its_own_role_adds_to_contributor_what_the_templates_write_and_nothing_else()
    {
        var written = new List<string>();
        foreach (var (name, _) in Environments)
        {
            written.AddRange((await PredictedEstate.OfAsync(name)).Resources.Select(r => $"{r.Type}/write"));
        }

        var actions = Actions(await DeployerAsync("prod", production: true));
        Assert.Equal(
            written
                .Where(w => w.StartsWith(Authorization, StringComparison.Ordinal))
                .Append("Microsoft.Resources/deploymentStacks/manageDenySetting/action")
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
            actions.Order(StringComparer.Ordinal)
        );
        // What the command doctor asks for before a deployment is the same.
        Assert.Empty(actions.Except(PlanFacts.NeededOperations, StringComparer.Ordinal));
        Assert.Empty(
            PlanFacts
                .NeededOperations.Where(o => o.StartsWith(Authorization, StringComparison.Ordinal))
                .Except(actions, StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Its_condition_lets_it_assign_the_roles_of_its_environment_and_no_privileged_one()
    {
        foreach (var (name, production) in Environments)
        {
            var estate = await PredictedEstate.OfAsync(name);
            var condition = Assigned(await DeployerAsync(estate.Declaration["environment"]!.GetValue<string>(), production))
                .Single(a => a.Text("properties.condition") is not null)
                .Text("properties.condition")!;
            Assert.StartsWith(
                $"((!(ActionMatches{{'{Authorization}roleAssignments/write'}})) OR "
                    + $"(@Request[{Authorization}roleAssignments:RoleDefinitionId] "
                    + "ForAnyOfAnyValues:GuidEquals {",
                condition,
                StringComparison.Ordinal
            );
            Assert.EndsWith(
                $"AND @Request[{Authorization}roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase "
                    + (production ? "{'ServicePrincipal'}))" : "{'ServicePrincipal', 'Group'}))"),
                condition,
                StringComparison.Ordinal
            );
            Assert.All(estate.Of($"{Authorization}roleAssignments"), a =>
            {
                Assert.Contains(a.Text("properties.roleDefinitionId")!.Split('/')[^1], condition, StringComparison.Ordinal);
                Assert.Contains($"'{a.Text("properties.principalType")}'", condition, StringComparison.Ordinal);
            });
            Assert.All(Privileged.Append(Contributor), role => Assert.DoesNotContain(role, condition, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Production_knows_the_pipeline_by_these_two_roles()
    {
        var assigned = Assigned(await DeployerAsync("prod", production: true)).Select(a => a.Text("properties.roleDefinitionId")!).ToList();
        Assert.Equal(2, assigned.Count);
        var vaults = (await PredictedEstate.OfAsync("prod")).Declaration["vaults"]!.AsArray();
        Assert.All(vaults, v =>
            Assert.Equal(
                assigned.Order(StringComparer.Ordinal),
                v!["grants"]!
                    .AsArray()
                    .Where(g => g!["principalId"]!.GetValue<string>() == Deployer)
                    .Select(g => g!["role"]!.GetValue<string>())
                    .Order(StringComparer.Ordinal)
            )
        );
    }

    private static IEnumerable<string> Actions(IReadOnlyList<Predicted> made) =>
        made.Single(r => r.Type == $"{Authorization}roleDefinitions")["properties.permissions"]![0]!["actions"]!
            .AsArray()
            .Select(a => a!.GetValue<string>());

    private static IEnumerable<Predicted> Assigned(IReadOnlyList<Predicted> made) =>
        made.Where(r => r.Type == $"{Authorization}roleAssignments");

    private static async Task<IReadOnlyList<Predicted>> DeployerAsync(string environment, bool production)
    {
        using var copy = new InfraCopy();
        await File.WriteAllTextAsync(
            Path.Combine(copy.Folder, "owner.bicepparam"),
            $"""
            using 'deployer.bicep'
            param environmentName = '{environment}'
            param production = {(production ? "true" : "false")}
            param principalId = '{Deployer}'

            """,
            TestContext.Current.CancellationToken
        );
        var (exit, output) = await copy.EvaluateAsync("owner");
        Assert.True(exit == 0, output);
        var snapshot = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(copy.Folder, "owner.snapshot.json"), TestContext.Current.CancellationToken)
        )!;
        return
        [
            .. snapshot["predictedResources"]!
                .AsArray()
                .Select(r => new Predicted(r!["id"]!.GetValue<string>(), r["type"]!.GetValue<string>(), r)),
        ];
    }
}
