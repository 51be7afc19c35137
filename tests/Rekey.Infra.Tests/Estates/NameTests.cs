using System.Text.RegularExpressions;
using CsCheck;
using Rekey.Infra.Tests.Rules;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Estates;

/// <summary>Every name that is accepted makes names that Azure takes, and another subscription has other ones.</summary>
public sealed partial class NameTests
{
    /// <summary>One resource group for each made-up environment; its tags are what the template calls things, and what it refuses.</summary>
    private const string Template = """
        targetScope = 'subscription'
        import { nameMistakes } from 'guards.bicep'
        import { accountsOf, appNamesOf, checkpointVaultOf, documentVaultOf, functionAppOf, keysGroupOf, tokenVaultOf, uniqueOf } from 'names.bicep'
        @description('Region.')
        param location string = 'westeurope'
        @description('Made-up environments.')
        param cases { environment: string, issuer: string }[]
        var uniques = map(cases, c => uniqueOf(subscription().subscriptionId, c.environment, location))
        resource groups 'Microsoft.Resources/resourceGroups@2025-04-01' = [for (c, n) in cases: {
          name: 'case-${n}'
          location: location
          tags: {
            mistakes: join(nameMistakes(c.environment, [{ name: c.issuer, issuer: '', audiences: [''], publicJwksUri: '', key: { kty: 'EC-HSM' }, peakTokensASecond: 1, custodians: [] }]), ' ')
            'Microsoft.Storage/storageAccounts': join(map(items(accountsOf(c.environment, uniques[n])), a => a.value), ' ')
            'Microsoft.KeyVault/vaults': '${tokenVaultOf(c.environment, uniques[n], c.issuer)} ${documentVaultOf(c.environment, uniques[n])} ${checkpointVaultOf(c.environment, uniques[n])}'
            'Microsoft.KeyVault/vaults/keys': c.issuer
            'Microsoft.Web/sites': functionAppOf(c.environment, uniques[n])
            'Microsoft.EventGrid/topics': appNamesOf(c.environment, uniques[n]).topic
            'Microsoft.OperationalInsights/workspaces': appNamesOf(c.environment, uniques[n]).workspace
            'Microsoft.Insights/components': appNamesOf(c.environment, uniques[n]).insights
            'Microsoft.Resources/resourceGroups': keysGroupOf(c.environment)
          }
        }]
        """;

    private static readonly Gen<(string Environment, string Issuer)> Cases = Gen.Select(
        Gen.OneOf(Gen.String[Gen.Char["abz019"], 2, 8], Gen.String[Gen.Char["abz019-_.AZé"], 2, 8]),
        Gen.OneOf(Gen.String[Gen.Char["abz019-"], 1, 16], Gen.String[Gen.Char["ab-_A"], 1, 16])
    );

    [Fact]
    public async Task What_is_accepted_has_legal_names_and_what_has_not_is_refused()
    {
        var cases = new List<(string Environment, string Issuer)>();
        Cases.Sample(cases.Add, iter: 300, threads: 1);
        using var copy = new InfraCopy();
        await File.WriteAllTextAsync(Path.Combine(copy.Folder, "names-of.bicep"), Template, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(copy.Folder, "names-of.bicepparam"),
            $"""
            using 'names-of.bicep'
            param cases = [
            {string.Join('\n', cases.Select(c => $"  {{ environment: '{c.Environment}', issuer: '{c.Issuer}' }}"))}
            ]

            """,
            TestContext.Current.CancellationToken
        );
        var (exit, output) = await copy.EvaluateAsync("names-of");
        Assert.True(exit == 0, output);
        var made = (await copy.EstateAsync("names-of")).Resources;
        Assert.Equal(cases.Count, made.Count);
        var accepted = 0;
        foreach (var (resource, (environment, issuer)) in made.Zip(cases))
        {
            var isMeant = Environment().IsMatch(environment) && Issuer().IsMatch(issuer);
            var mistakes = resource.Text("tags.mistakes")!;
            Assert.True(mistakes.Length == 0 == isMeant, $"{environment}, {issuer}: {mistakes}");
            if (!isMeant)
            {
                continue;
            }

            accepted++;
            foreach (var (type, names) in resource["tags"]!.AsObject().Where(t => t.Key != "mistakes"))
            {
                Assert.All(names!.GetValue<string>().Split(' '), name =>
                    Assert.True(ResourceNames.Rules[type].IsMatch(name), $"{environment}, {issuer}: {type} cannot be called {name}.")
                );
            }
        }

        Assert.InRange(accepted, 20, cases.Count - 20);
    }

    /// <summary>Names of accounts, vaults, apps and topics are taken once in the world; names of custom roles once in a tenant.</summary>
    [Fact]
    public async Task Another_subscription_has_other_names()
    {
        string[] shared =
        [
            "Microsoft.Storage/storageAccounts",
            "Microsoft.KeyVault/vaults",
            "Microsoft.Web/sites",
            "Microsoft.EventGrid/topics",
            "Microsoft.Authorization/roleDefinitions",
        ];
        using var copy = new InfraCopy();
        var (exit, output) = await copy.EvaluateAsync("prod", "00000000-0000-4000-8000-000000000003");
        Assert.True(exit == 0, output);
        var (here, there) = (await PredictedEstate.OfAsync("prod"), await copy.EstateAsync("prod"));
        var names = Names(here);
        Assert.True(names.Count > 12, "the names were not found");
        Assert.Empty(names.Intersect(Names(there), StringComparer.OrdinalIgnoreCase));

        List<string> Names(PredictedEstate estate) =>
            [.. shared.SelectMany(estate.Of).SelectMany(r => new[] { r.Name, r.Text("properties.roleName") ?? r.Name })];
    }

    [GeneratedRegex(@"\A[a-z0-9]{2,8}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Environment();

    [GeneratedRegex(@"\A(?!-)[a-z0-9-]{1,16}(?<!-)\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Issuer();
}
