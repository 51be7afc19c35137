using Rekey.Findings;

namespace Rekey.Tests.Exposures;

/// <summary>Exposure because the audit log shows a use.</summary>
public sealed class UsedKeysTests
{
    [Theory]
    [InlineData("keysign", 200, true)]
    [InlineData("keysign", 201, true)]
    [InlineData("keysign", null, true)]
    [InlineData("keysign", 403, false)]
    [InlineData("keysign", 401, false)]
    [InlineData("keybackup", 200, true)]
    [InlineData("keyrelease", 200, true)]
    [InlineData("keyimport", 200, true)]
    [InlineData("keyunwrap", 200, true)]
    [InlineData("keyget", 200, false)]
    [InlineData("keyverify", 200, false)]
    [InlineData("keycreate", 200, false)]
    [InlineData("keyrotate", 200, false)]
    public async Task A_successful_operation_with_the_private_part_exposes_the_key(string operation, int? status, bool isExposed)
    {
        var world = await ExposureWorld.StartAsync();
        world.Does(operation, 1, status: status);
        Assert.Equal(isExposed ? ["issuer-1: used"] : [], await world.KindsAsync());
    }

    [Fact]
    public async Task The_reason_shows_the_row()
    {
        var world = await ExposureWorld.StartAsync();
        world.Does("keysign", 1, at: world.Company.Now - TimeSpan.FromMinutes(5));
        var last = world.Does("keysign", 1);
        var reason = Assert.Single(Assert.Single((await world.FindAsync()).Exposures).Reasons);
        Assert.Equal(
            $"the audit log has keysign on keys/issuer-1/{world.Version(1)} by {world.Leaver}, 2 times, "
                + $"last at {last.At:yyyy-MM-ddTHH:mm:ssZ}",
            reason.Detail
        );
    }

    [Fact]
    public async Task The_use_by_others_exposes_nothing()
    {
        var world = await ExposureWorld.StartAsync();
        world.Does("keysign", 1, oid: $"{Doubles.Company.OtherLeaver}");
        Assert.Empty(await world.KindsAsync());
    }

    /// <summary>A key that no custodian list and no tag names is rotated because of one row.</summary>
    [Fact]
    public async Task A_leaver_whom_only_the_audit_log_names_has_their_key_rotated()
    {
        var world = await ExposureWorld.StartAsync();
        world.Does("keysign", 2);
        var departure = await world.LeavesAsync();
        Assert.NotNull(departure.AssessedAt);
        var planned = Assert.Single(departure.Plan);
        Assert.Equal(world.Key(2).Id, planned.KeyId);
        Assert.StartsWith("used: the audit log has keysign", Assert.Single(planned.Reasons), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("add service principal credentials", true)]
    [InlineData("update application – certificates and secrets management ", true)]
    [InlineData("add owner to service principal", true)]
    [InlineData("add member to group", false)]
    public async Task The_use_by_an_application_that_the_person_owned_or_gave_a_credential_counts(string operation, bool isExposed)
    {
        var world = await ExposureWorld.StartAsync();
        var isOwner = operation.StartsWith("add owner", StringComparison.Ordinal);
        world.Audit.Changes.Add(
            new(
                operation,
                isOwner ? "an-administrator" : world.Leaver,
                isOwner ? world.Leaver : "the-app",
                isOwner ? "the-app" : "",
                "",
                world.Company.Now
            )
        );
        world.Does("keysign", 1, oid: "the-app");
        Assert.Equal(isExposed ? ["issuer-1: used"] : [], await world.KindsAsync());
    }

    /// <summary>T3: the version of today was made after the access had ended.</summary>
    [Fact]
    public async Task A_use_of_an_earlier_version_does_not_expose_a_version_that_was_made_later()
    {
        var world = await ExposureWorld.StartAsync();
        world.Does("keysign", 1, at: world.Company.Now - TimeSpan.FromDays(30), version: "0123456789abcdef0123456789abcdef");
        Assert.Empty(await world.KindsAsync());
    }

    /// <summary>Without a declaration no source shows when access ended, so it counts as lasting.</summary>
    [Fact]
    public async Task Where_no_access_can_be_read_an_earlier_use_exposes_the_version_of_today_too()
    {
        var world = await ExposureWorld.StartAsync(isDeclared: false);
        world.Does("keysign", 1, at: world.Company.Now - TimeSpan.FromDays(30), version: "0123456789abcdef0123456789abcdef");
        Assert.Equal(["issuer-1: used"], await world.KindsAsync());
    }

    [Fact]
    public async Task Rows_from_before_the_look_back_are_not_read()
    {
        var world = await ExposureWorld.StartAsync(isDeclared: false);
        world.Does("keysign", 1, at: world.Company.Now - TimeSpan.FromDays(401));
        Assert.Empty(await world.KindsAsync());
    }

    [Fact]
    public async Task The_log_is_asked_once_for_all_keys()
    {
        var world = await ExposureWorld.StartAsync(keys: 6);
        for (var n = 1; n <= 6; n++)
        {
            world.Does("keysign", n);
        }

        Assert.Equal(6, (await world.FindAsync()).Exposures.Count);
        Assert.Equal(3, world.Audit.Calls);
    }

    /// <summary>What is known is rotated at once; the rest is retried, and is found when the log is back.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_log_that_cannot_be_read_leads_to_a_retry_and_never_to_a_smaller_answer(bool isForbidden)
    {
        var world = await ExposureWorld.StartAsync();
        world.Assign(world.Leaver, world.Vault.Officer, $"{VaultAccess.Drifts.AzureEstate.VaultId}/keys/issuer-1");
        world.Does("keysign", 2);
        (world.Audit.IsForbidden, world.Audit.IsSilent) = (isForbidden, !isForbidden);

        var departure = await world.LeavesAsync();
        Assert.Null(departure.AssessedAt);
        Assert.NotNull(departure.NextLookAt);
        Assert.NotNull(world.Company.RotationOf(world.Key(1)));
        Assert.Null(world.Company.RotationOf(world.Key(2)));
        var open = world.Company.Findings.Open.Where(f => f.Kind == FindingKinds.CustodyUnreadable).ToList();
        Assert.Equal(isForbidden ? 1 : 0, open.Count);

        (world.Audit.IsForbidden, world.Audit.IsSilent) = (false, false);
        world.Company.Clock.Advance(TimeSpan.FromHours(1));
        await world.Company.NewProcess().WorkAsync(TimeSpan.FromMinutes(1));
        Assert.NotNull(world.Company.Departures.All.Single().AssessedAt);
        Assert.NotNull(world.Company.RotationOf(world.Key(2)));
        Assert.DoesNotContain(world.Company.Findings.Open, f => f.Kind == FindingKinds.CustodyUnreadable);
    }
}
