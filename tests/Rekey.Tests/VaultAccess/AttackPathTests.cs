using Rekey.Tests.VaultAccess.Drifts;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Reading;
using Rekey.VaultAccess.Rights;

namespace Rekey.Tests.VaultAccess;

/// <summary>Who reaches the keys with no data action of their own (T23).</summary>
public sealed class AttackPathTests
{
    private readonly ProdVault _vault = new();

    private AzureEstate Azure => _vault.Azure;

    private string Issuer => _vault.Issuers[0];

    [Fact]
    public async Task A_contributor_on_the_issuers_compute_is_an_indirect_way()
    {
        var (developer, site) = (Azure.Add(PrincipalKind.User), $"{AzureEstate.Group}/providers/Microsoft.Web/sites/issuer");
        Azure.Carriers[Azure.Identities[Issuer]] = [site];
        Azure.Assign(developer, _vault.Contributor, site);
        var way = Assert.Single(await WaysAsync());
        Assert.Equal((developer, Issuer), (way.PrincipalId, way.Target));
        Assert.Equal([$"Contributor on {site}"], way.Through);
    }

    [Fact]
    public async Task So_is_a_pipeline_on_it_that_nothing_was_declared_of()
    {
        var (pipeline, site) = (Azure.Add(PrincipalKind.ServicePrincipal), $"{AzureEstate.Group}/providers/Microsoft.Web/sites/issuer");
        Azure.Carriers[Azure.Identities[Issuer]] = [site];
        Azure.Assign(pipeline, _vault.Contributor, site);
        var drift = Assert.Single(await _vault.JudgeAsync());
        Assert.Equal(
            (DriftKind.IndirectReach, pipeline, "ServicePrincipal", "indirect"),
            (drift.Kind, drift.What, drift.Evidence["principalKind"], drift.Evidence["reason"])
        );

        _vault.More["indirectPrincipals"] = new[] { pipeline };
        Assert.Empty(await _vault.JudgeAsync());

        _vault.More.Clear();
        _vault.Grants.Add(
            new
            {
                principalId = pipeline,
                principalType = "ServicePrincipal",
                role = _vault.Contributor.Name,
                active = true,
                why = "it deploys",
            }
        );
        Assert.DoesNotContain(await _vault.JudgeAsync(), d => d.Kind is DriftKind.IndirectReach);
    }

    [Fact]
    public async Task So_is_whoever_may_assign_the_identity_or_make_it_trust_somebody_else()
    {
        var operatorRole = Azure.AddRole(
            "Managed Identity Operator",
            isCustom: false,
            [],
            ["Microsoft.ManagedIdentity/userAssignedIdentities/*/read", "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action"]
        );
        var (assigner, truster) = (Azure.Add(PrincipalKind.User), Azure.Add(PrincipalKind.User));
        Azure.Assign(
            assigner,
            operatorRole with
            {
                Id = Azure.AddRole("Assigner", isCustom: true, [], ["Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"]).Id,
            },
            Azure.Identities[Issuer]
        );
        Azure.Assign(
            truster,
            Azure.AddRole(
                "Truster",
                isCustom: true,
                [],
                ["Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/*"]
            ),
            Azure.Identities[Issuer]
        );
        Assert.Equal(new[] { assigner, truster }.Order(), (await WaysAsync()).Select(w => w.PrincipalId).Order());
    }

    [Fact]
    public async Task So_is_a_credential_of_a_pipeline()
    {
        Azure.Federated[Azure.Identities[Issuer]] = ["https://token.actions.githubusercontent.com|repo:contoso/shop:environment:prod"];
        var way = Assert.Single(await WaysAsync());
        Assert.Equal("https://token.actions.githubusercontent.com|repo:contoso/shop:environment:prod", way.PrincipalId);
    }

    [Fact]
    public async Task So_is_an_owner_of_a_group_of_an_application_and_of_an_owner_of_those()
    {
        var (app, owner, ownersOwner) = (
            Azure.Add(PrincipalKind.ServicePrincipal),
            Azure.Add(PrincipalKind.ServicePrincipal),
            Azure.Add(PrincipalKind.User)
        );
        var group = Azure.AddGroup(Azure.AddIdentity());
        Azure.Assign(group, _vault.Signer);
        (Azure.Owners[group], Azure.Owners[app], Azure.Owners[owner]) = ([app], [owner], [ownersOwner]);
        var way = Assert.Single(await WaysAsync(), w => w.PrincipalId == ownersOwner);
        Assert.Equal([$"owner of application {owner}", $"owner of application {app}", $"owner of group {group}"], way.Through);
        Assert.Equal(group, way.Target);
    }

    [Fact]
    public async Task Rings_of_owners_end()
    {
        var (one, other) = (Azure.Add(PrincipalKind.ServicePrincipal), Azure.Add(PrincipalKind.ServicePrincipal));
        Azure.Assign(one, _vault.Signer);
        (Azure.Owners[one], Azure.Owners[other]) = ([other], [one]);
        Assert.Contains(other, (await WaysAsync()).Select(w => w.PrincipalId));
    }

    [Fact]
    public async Task Reading_and_what_is_elsewhere_are_no_ways()
    {
        var site = $"{AzureEstate.Group}/providers/Microsoft.Web/sites/issuer";
        Azure.Carriers[Azure.Identities[Issuer]] = [site];
        Azure.Assign(Azure.Add(PrincipalKind.User), _vault.Reader, site);
        Azure.Assign(Azure.Add(PrincipalKind.User), _vault.Contributor, $"{AzureEstate.Group}/providers/Microsoft.Web/sites/another");
        Azure.Assign(Azure.Add(PrincipalKind.User), _vault.Contributor, $"{site}/slots/blue");
        Assert.Empty(await WaysAsync());
    }

    [Fact]
    public async Task Owners_that_may_not_be_read_are_said_not_to_be_seen()
    {
        Azure.Refused.UnionWith(["principals", "carriers", "owners"]);
        var reading = await Azure.ReadAsync();
        Assert.Empty(await WaysAsync());
        Assert.All(reading.Unseen, u => Assert.Equal(ReadingPart.WaysRound, u.Part));
        Assert.Contains($"owners of group {_vault.BreakGlass}", reading.Unseen.Select(u => u.What));
        Assert.Contains($"service principal {Issuer}", reading.Unseen.Select(u => u.What));
        Assert.Contains("delegations through Azure Lighthouse", VaultReading.BlindSpots);
        Assert.Contains(VaultReading.BlindSpots, b => b.Contains("classic administrators", StringComparison.Ordinal));
    }

    [Fact]
    public async Task In_dev_people_are_at_home_and_prods_identities_are_not()
    {
        var dev = new ProdVault(environment: "dev");
        dev.Declare(dev.Azure.AddGroup(dev.Azure.Add(PrincipalKind.User)), dev.Signer, ProdVault.Sign);
        Assert.Empty(await dev.FoundAsync());
        dev.Azure.Assign(dev.Foreign, dev.Signer);
        Assert.Contains($"vault-identity-foreign {AzureEstate.Host}|{dev.Foreign}", await dev.FoundAsync());
    }

    private async Task<IReadOnlyList<EffectiveAccess>> WaysAsync() =>
        [.. EffectiveAccess.Of(await Azure.ReadAsync()).Where(a => a.Way is AccessPath.Indirect)];
}
