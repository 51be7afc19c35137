using Rekey.Tests.VaultAccess;
using Rekey.Tests.VaultAccess.Drifts;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Reading;

namespace Rekey.Tests.Exposures;

/// <summary>Exposure by rights, of now and of earlier.</summary>
public sealed class GrantedKeysTests
{
    private const string OneKey = $"{AzureEstate.VaultId}/keys/issuer-1";

    public static TheoryData<string, string[]> Rights =>
        new()
        {
            { "direct", ["issuer-1: granted", "issuer-2: granted"] },
            { "one key", ["issuer-1: granted"] },
            { "subscription", ["issuer-1: granted", "issuer-2: granted"] },
            { "management group", ["issuer-1: granted", "issuer-2: granted"] },
            { "group", ["issuer-1: granted", "issuer-2: granted"] },
            { "eligible", ["issuer-1: granted", "issuer-2: granted"] },
            { "owner of the subscription", ["issuer-1: granted indirect", "issuer-2: granted indirect"] },
            { "unreadable role", ["issuer-1: granted", "issuer-2: granted"] },
            { "owner of a group", ["issuer-1: indirect", "issuer-2: indirect"] },
            { "owner of an application", ["issuer-1: indirect", "issuer-2: indirect"] },
            { "controls the compute", ["issuer-1: indirect", "issuer-2: indirect"] },
            { "reader", [] },
            { "rotator", [] },
            { "none", [] },
        };

    [Theory]
    [MemberData(nameof(Rights))]
    public async Task A_right_to_sign_to_copy_or_to_grant_exposes_the_keys_in_its_scope(string right, string[] expected)
    {
        var world = await ExposureWorld.StartAsync();
        Give(world, right);
        Assert.Equal(expected, await world.KindsAsync());
    }

    [Theory]
    [InlineData("sign", true)]
    [InlineData("backup", true)]
    [InlineData("get", false)]
    [InlineData("rotate", false)]
    public async Task An_access_policy_counts_where_policies_decide(string permission, bool isExposed)
    {
        var world = await ExposureWorld.StartAsync(model: PermissionModel.AccessPolicies);
        world.Azure.Vault = world.Azure.Vault! with { Policies = [new AccessPolicy(world.Leaver, null, [permission], [], [])] };
        Assert.Equal(isExposed ? 2 : 0, (await world.KindsAsync()).Count);
    }

    /// <summary>A right that was removed last week still counts for the versions of that time, and only for those.</summary>
    [Theory]
    [InlineData("direct", "granted")]
    [InlineData("group", "granted")]
    [InlineData("owner of an application", "indirect")]
    public async Task A_right_that_was_removed_before_the_person_left_counts_by_the_custody_record(string right, string kind)
    {
        var world = await ExposureWorld.StartAsync();
        Give(world, right);
        await KeepAsync(world);
        world.Azure.Assignments.RemoveAll(a => a.RoleId == world.Vault.Officer.Id);
        world.Azure.Owners.Clear();
        world.Company.Clock.Advance(TimeSpan.FromDays(7));

        var found = await world.FindAsync();
        Assert.Equal([$"issuer-1: {kind}", $"issuer-2: {kind}"], await world.KindsAsync());
        Assert.Contains("by the custody record", found.Exposures[0].Reasons[0].Detail, StringComparison.Ordinal);
        Assert.True(found.Exposures[0].CoveredUntil < world.Company.Now - TimeSpan.FromDays(5));

        // A version that was made after the right had gone is not exposed by it, once the earlier one is not trusted any more.
        var process = world.Company.NewProcess();
        await process.OrderAsync("test", Rekey.Rotations.Urgency.Immediate, coveredUntil: world.Company.Now);
        await process.WorkAsync();
        Assert.Equal([$"issuer-2: {kind}"], await world.KindsAsync());
    }

    [Fact]
    public async Task The_custody_record_is_kept_for_new_holders_and_else_once_a_day()
    {
        var world = await ExposureWorld.StartAsync();
        Give(world, "direct");
        await KeepAsync(world);
        var lines = world.Company.VerifiedLedger().Count;
        world.Company.Clock.Advance(TimeSpan.FromHours(1));
        await KeepAsync(world);
        Assert.Equal(lines, world.Company.VerifiedLedger().Count);
        world.Company.Clock.Advance(TimeSpan.FromHours(24));
        await KeepAsync(world);
        Assert.True(world.Company.VerifiedLedger().Count > lines);
        Assert.All(world.Company.VerifiedLedger(), l => Assert.DoesNotContain(world.Leaver, $"{l.Entry.Facts}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lost_custody_record_is_reported_and_no_smaller_answer()
    {
        var world = await ExposureWorld.StartAsync();
        Give(world, "direct");
        await KeepAsync(world);
        world.Azure.Assignments.RemoveAll(a => a.PrincipalId == world.Leaver);
        world.Company.Custody.Rows.Clear();

        Assert.Equal(2, (await world.FindAsync()).Unread.Count);
        await KeepAsync(world);
        Assert.Contains(world.Company.Findings.Open, f => f.Kind == Rekey.Findings.FindingKinds.CustodyUnreadable);
    }

    [Theory]
    [InlineData("vault")]
    [InlineData("assignments")]
    [InlineData("members")]
    [InlineData("eligibilities")]
    public async Task A_part_that_may_not_be_read_is_named_and_an_outage_is_retried(string part)
    {
        var world = await ExposureWorld.StartAsync();
        Give(world, "group");
        world.Azure.Refused.Add(part);
        Assert.Equal(2, (await world.FindAsync()).Unread.Count(u => u.Refusal is not null));
        world.Azure.Refused.Clear();
        world.Azure.Unanswered.Add(part);
        Assert.Equal(2, (await world.FindAsync()).Unread.Count(u => u.Refusal is null));
        Assert.Null((await world.LeavesAsync()).AssessedAt);
    }

    [Fact]
    public async Task Everyone_is_found_in_one_reading()
    {
        var world = await ExposureWorld.StartAsync();
        Give(world, "direct");
        var other = world.Azure.Add(Rekey.VaultAccess.PrincipalKind.User);
        world.Assign(other, world.Vault.Officer, OneKey);
        world.Does("keysign", 2, oid: "another-person");
        var process = world.Company.NewProcess();
        var found = await process.FindExposures.FindAsync(new(null, world.Company.Now, []), default);
        Assert.Contains(other, found.Exposures.Single(e => e.KeyId.EndsWith("issuer-1", StringComparison.Ordinal)).People);
        Assert.DoesNotContain(other, found.Exposures.Single(e => e.KeyId.EndsWith("issuer-2", StringComparison.Ordinal)).People);
        Assert.Contains("another-person", found.Exposures.Single(e => e.KeyId.EndsWith("issuer-2", StringComparison.Ordinal)).People);

        using var people = new Rekey.Exposures.ExposedPeople(process.FindExposures, world.Company.Clock);
        Assert.True(await people.IsExposedAsync(world.Leaver, null, default));
        Assert.True(await people.IsExposedAsync("another-person", world.Company.Now, default));
        Assert.False(await people.IsExposedAsync(world.Leaver, world.Company.Now - TimeSpan.FromDays(365), default));
        Assert.False(await people.IsExposedAsync("nobody-we-know", null, default));
    }

    /// <summary>The sweep keeps the record itself.</summary>
    [Fact]
    public async Task A_sweep_of_access_keeps_the_custody_record_before_it_removes_a_grant()
    {
        var watch = await AccessWatch.StartAsync();
        var (person, _) = watch.LetIn();
        await watch.SweepAsync();
        Assert.DoesNotContain(watch.Azure.Assignments, a => a.PrincipalId == person);
        var held = await watch.Company.CustodyFor(watch.Company.NewProcess()).ReadAsync(AzureEstate.VaultId, default);
        Assert.Equal("granted", Assert.Single(held, h => h.Holder.PersonId == person).Holder.Kind);
    }

    private static async Task KeepAsync(ExposureWorld world) =>
        await world.Company.CustodyFor(world.Company.NewProcess()).KeepAsync(await world.Azure.ReadAsync(world.Company.Clock), default);

    private static void Give(ExposureWorld world, string right)
    {
        var (azure, leaver, officer) = (world.Azure, world.Leaver, world.Vault.Officer);
        switch (right)
        {
            case "direct":
                azure.Assign(leaver, officer);
                break;
            case "one key":
                azure.Assign(leaver, officer, OneKey);
                break;
            case "subscription":
                azure.Assign(leaver, officer, AzureEstate.Subscription);
                break;
            case "management group":
                azure.Assign(leaver, officer, AzureEstate.Management);
                break;
            case "group":
                azure.Assign(azure.AddGroup(leaver), officer);
                break;
            case "eligible":
                azure.MakeEligible(leaver, officer);
                break;
            case "owner of the subscription":
                azure.Assign(leaver, world.Vault.Owner, AzureEstate.Subscription);
                break;
            case "unreadable role":
                var role = azure.AddRole("gone", isCustom: true, ProdVault.Sign);
                azure.Assign(leaver, role);
                azure.Roles.Remove(role.Id);
                break;
            case "owner of a group":
                var group = azure.AddGroup();
                azure.Owners[group] = [leaver];
                azure.Assign(group, officer);
                break;
            case "owner of an application":
                var application = azure.Add(Rekey.VaultAccess.PrincipalKind.ServicePrincipal);
                azure.Owners[application] = [leaver];
                azure.Assign(application, officer);
                break;
            case "controls the compute":
                var identity = azure.AddIdentity();
                azure.Assign(identity, officer);
                azure.Assign(leaver, world.Vault.Contributor, azure.Identities[identity]);
                break;
            case "reader":
                azure.Assign(leaver, world.Vault.Reader, AzureEstate.Subscription);
                break;
            case "rotator":
                azure.Assign(leaver, world.Vault.Rotator);
                break;
        }
    }
}
