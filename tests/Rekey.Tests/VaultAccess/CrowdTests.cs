using Rekey.Core;
using Rekey.Tests.VaultAccess.Drifts;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Reading;

namespace Rekey.Tests.VaultAccess;

/// <summary>A group is one mistake, however many are in it.</summary>
public sealed class CrowdTests
{
    [Fact]
    public async Task A_group_of_thousands_is_one_finding_with_a_count_and_some_of_them()
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Observe);
        await watch.SweepAsync();
        var people = Enumerable.Range(0, 3_000).Select(_ => watch.Azure.Add(PrincipalKind.User)).ToList();
        var (group, ledger) = (watch.Azure.AddGroup(people), watch.Ledger.Count);
        watch.Azure.Assign(group, watch.Vault.Signer);
        await watch.SweepAsync();
        Assert.Equal(["vault-grant-undeclared", "vault-human-in-production"], watch.Open.Select(f => f.Kind).Order(StringComparer.Ordinal));
        var human = watch.Open.Single(f => f.Kind == "vault-human-in-production");
        Assert.Equal((group, "3000"), (human.Evidence["principal"], human.Evidence["persons"]));
        Assert.Equal(people.Take(10), human.Evidence["among"].Split(", "));
        // One of them is the hash of the custody record, which names each of them once.
        Assert.InRange(watch.Ledger.Count - ledger, 0, 3);

        // Who is in it by themselves too is told of by themselves.
        watch.Azure.Assign(people[0], watch.Vault.Signer);
        await watch.SweepAsync();
        Assert.Contains(watch.Open, f => f.Kind == "vault-human-in-production" && f.Evidence["principal"] == people[0]);
    }

    [Fact]
    public async Task A_crowd_that_may_deploy_is_one_finding_whoever_comes_and_goes_and_is_over_with_the_right()
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Observe);
        var site = $"{AzureEstate.Group}/providers/Microsoft.Web/sites/issuer";
        watch.Azure.Carriers[watch.Azure.Identities[watch.Vault.Issuers[0]]] = [site];
        await watch.SweepAsync();
        var people = Enumerable.Range(0, 2_000).Select(_ => watch.Azure.Add(PrincipalKind.User)).ToList();
        var (group, ledger) = (watch.Azure.AddGroup(people), watch.Ledger.Count);
        var grant = watch.Azure.Assign(group, watch.Vault.Contributor, site);
        await watch.SweepAsync();
        var told = Assert.Single(watch.Open);
        Assert.Equal(
            ("vault-reach-indirect", group, "2000", "0"),
            (told.Kind, told.Evidence["principal"], told.Evidence["persons"], told.Evidence["servicePrincipals"])
        );
        Assert.Equal($"{watch.Vault.Contributor.Id}|{site}", told.Evidence["given"]);
        Assert.Equal(people.Take(10), told.Evidence["among"].Split(", "));
        Assert.Equal(watch.Vault.Issuers[0], told.Evidence["target"]);
        Assert.InRange(watch.Ledger.Count - ledger, 0, 2);

        // Members change: it is the same finding, and its record says who.
        watch.Azure.Members[group] = [watch.Azure.Add(PrincipalKind.User), people[7]];
        await watch.SweepAsync();
        var later = Assert.Single(watch.Open);
        Assert.Equal((told.Id, 1, "2"), (later.Id, later.Opening, later.Evidence["persons"]));
        Assert.Equal(watch.Azure.Members[group].Order(StringComparer.Ordinal), later.Evidence["among"].Split(", "));

        watch.Azure.Assignments.Remove(grant);
        await watch.SweepAsync();
        Assert.Empty(watch.Open);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_joins_a_group_that_is_known_already_is_told_of(bool isWayRound)
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Observe);
        var site = $"{AzureEstate.Group}/providers/Microsoft.Web/sites/issuer";
        watch.Azure.Carriers[watch.Azure.Identities[watch.Vault.Issuers[0]]] = [site];
        var people = Enumerable.Range(0, 300).Select(_ => watch.Azure.Add(PrincipalKind.User)).ToList();
        var group = watch.Azure.AddGroup(people);
        watch.Azure.Assign(group, isWayRound ? watch.Vault.Contributor : watch.Vault.Signer, isWayRound ? site : AzureEstate.VaultId);
        await watch.SweepAsync();
        var told = Assert.Single(watch.Open, f => f.Kind == (isWayRound ? "vault-reach-indirect" : "vault-human-in-production"));
        Assert.InRange(told.Milestone!.Length, 20, 64);

        // The same people in another order are nothing new.
        people.Reverse();
        watch.Azure.Members[group] = people;
        await watch.SweepAsync();
        Assert.Single(watch.Company.Findings.Announced, told.Id);

        watch.Azure.Members[group].Add(watch.Azure.Add(PrincipalKind.User));
        await watch.SweepAsync();
        Assert.Equal([told.Id, told.Id], watch.Company.Findings.Announced.Where(id => id == told.Id));
        var later = Assert.Single(watch.Open, f => f.Kind == told.Kind);
        Assert.Equal((told.Id, 1, "301"), (later.Id, later.Opening, later.Evidence["persons"]));
    }

    [Fact]
    public async Task One_right_above_many_resources_is_one_way_of_a_group()
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Observe);
        watch.Azure.Carriers[watch.Azure.Identities[watch.Vault.Issuers[0]]] =
        [
            .. Enumerable.Range(0, 20).Select(n => $"{AzureEstate.Group}/providers/Microsoft.Web/sites/issuer-{n}"),
        ];
        var role = watch.Azure.AddRole("Web deployer", isCustom: true, [], ["Microsoft.Web/sites/*"]);
        watch.Azure.Assign(watch.Azure.AddGroup(watch.Azure.Add(PrincipalKind.User)), role, AzureEstate.Group);
        watch.Azure.Assign(watch.Azure.AddGroup(watch.Azure.Add(PrincipalKind.User)), role, AzureEstate.Subscription);
        await watch.SweepAsync();
        Assert.Equal(["vault-reach-indirect", "vault-reach-indirect"], watch.Open.Select(f => f.Kind));
    }

    [Fact]
    public async Task More_principals_than_anybody_looks_at_are_said_not_to_be_seen()
    {
        var vault = new ProdVault();
        vault.Azure.Assign(vault.Azure.AddGroup(Enumerable.Range(0, 5_000).Select(_ => vault.Azure.Add(PrincipalKind.User))), vault.Signer);
        var unseen = Assert.Single((await vault.Azure.ReadAsync()).Unseen);
        Assert.Equal((ReadingPart.Principals, "more than 5000 principals"), (unseen.Part, unseen.Why));
    }
}
