using Rekey.Local.KeyVault.Server;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.KeyVault;

public sealed class LifetimeTests : VaultTest
{
    protected override KeyVaultOptions Configure(KeyVaultOptions options) => options with { PurgeProtection = false, RetentionDays = 30 };

    [Fact]
    public async Task A_deletion_should_be_seen_to_settle()
    {
        var created = await CreateEc("k");

        var deleted = (await Call("DELETE", "keys/k")).Expect(200);

        Assert.Equal($"{Vault.Address}deletedkeys/k", deleted.Body!["recoveryId"]!.GetValue<string>());
        Assert.Equal(30 * 86400, deleted.Body["scheduledPurgeDate"]!.GetValue<long>() - deleted.Body["deletedDate"]!.GetValue<long>());
        Assert.Equal("CustomizedRecoverable+Purgeable", deleted.Body["attributes"]!["recoveryLevel"]!.GetValue<string>());
        Assert.Equal("KeyNotFound", (await Call("GET", "deletedkeys/k")).Expect(404).Code);
        Assert.Equal(created.Kid, (await Call("GET", "deletedkeys/k")).Expect(200).Kid);
        (await Call("GET", "keys/k")).Expect(404);
        Assert.Empty((await Call("GET", "keys")).Body!["value"]!.AsArray());
        Assert.Equal(
            $"{Vault.Address}keys/k",
            Assert.Single((await Call("GET", "deletedkeys")).Body!["value"]!.AsArray())!["kid"]!.GetValue<string>()
        );
    }

    [Fact]
    public async Task The_name_of_a_deleted_key_should_stay_taken()
    {
        await CreateEc("k");
        await Call("DELETE", "keys/k");

        var during = (await CreateEc("k")).Expect(409);
        Assert.Equal(("Conflict", "ObjectIsBeingDeleted"), (during.Code, during.Inner));
        var after = (await CreateEc("k")).Expect(409);
        Assert.Equal(("Conflict", "ObjectIsDeletedButRecoverable"), (after.Code, after.Inner));
    }

    [Fact]
    public async Task A_recovered_key_should_settle_and_sign_again()
    {
        var created = await CreateEc("k");
        await Delete("k");

        (await Call("POST", "deletedkeys/k/recover")).Expect(200);

        (await Call("GET", "keys/k")).Expect(404);
        Assert.Equal(created.Kid, (await Call("GET", "keys/k")).Expect(200).Kid);
        (await Call("GET", "deletedkeys/k")).Expect(404);
    }

    [Fact]
    public async Task A_purged_key_should_be_gone_and_its_name_free()
    {
        await CreateEc("k");
        await Delete("k");

        Assert.Null((await Call("DELETE", "deletedkeys/k")).Expect(204).Body);

        (await Call("GET", "deletedkeys/k")).Expect(404);
        (await CreateEc("k")).Expect(200);
    }

    [Fact]
    public async Task Purge_protection_should_hold_until_the_retention_ends()
    {
        var vault = await Tenant.StartVaultAsync(o => o with { Folder = o.Folder + "-protected", SettleAfterPolls = 0, RetentionDays = 7 });
        await Tenant.CallAsync(vault, "POST", "keys/k/create", new { kty = "EC" });
        await Tenant.CallAsync(vault, "DELETE", "keys/k");

        Assert.Equal("Forbidden", (await Tenant.CallAsync(vault, "DELETE", "deletedkeys/k")).Expect(403).Code);
        Tenant.Time.Advance(TimeSpan.FromDays(7));
        (await Tenant.CallAsync(vault, "DELETE", "deletedkeys/k")).Expect(204);
    }

    [Fact]
    public async Task A_backup_should_bring_all_versions_into_another_vault_of_the_subscription()
    {
        var old = await CreateEc("k");
        var fresh = await Call("POST", "keys/k/rotate");
        var blob = (await Call("POST", "keys/k/backup")).Expect(200).Body!["value"]!.GetValue<string>();
        await Call("PATCH", $"keys/k/{old.Version}", new { attributes = new { enabled = false } });
        var other = await Tenant.StartVaultAsync(o => o with { Name = "kv-other", Folder = o.Folder + "-other" });

        var restored = (await Tenant.CallAsync(other, "POST", "keys/restore", new { value = blob })).Expect(200);

        Assert.Equal($"{other.Address}keys/k/{fresh.Version}", restored.Kid);
        var copy = (await Tenant.CallAsync(other, "GET", $"keys/k/{old.Version}")).Expect(200).Body!;
        Assert.Equal(old.Body!["key"]!["x"]!.GetValue<string>(), copy["key"]!["x"]!.GetValue<string>());
        Assert.True(copy["attributes"]!["enabled"]!.GetValue<bool>(), "what happens to the original does nothing to the copy");
    }

    [Fact]
    public async Task A_restore_over_an_existing_or_deleted_name_should_conflict()
    {
        await CreateEc("k");
        var blob = (await Call("POST", "keys/k/backup")).Body!["value"]!.GetValue<string>();

        Assert.Equal("Conflict", (await Call("POST", "keys/restore", new { value = blob })).Expect(409).Code);
        await Delete("k");
        Assert.Equal("ObjectIsDeletedButRecoverable", (await Call("POST", "keys/restore", new { value = blob })).Expect(409).Inner);
    }

    [Fact]
    public async Task A_broken_or_foreign_backup_should_be_refused()
    {
        await CreateEc("k");
        var blob = (await Call("POST", "keys/k/backup")).Body!["value"]!.GetValue<string>();
        var foreign = await Tenant.StartVaultAsync(o =>
            o with
            {
                Folder = o.Folder + "-foreign",
                SubscriptionId = Guid.NewGuid().ToString(),
            }
        );

        (await Call("POST", "keys/restore", new { value = "AAAA" })).Expect(400);
        (await Tenant.CallAsync(foreign, "POST", "keys/restore", new { value = blob })).Expect(400);
    }

    private async Task Delete(string name)
    {
        await Call("DELETE", $"keys/{name}");
        await Call("GET", $"deletedkeys/{name}");
        (await Call("GET", $"deletedkeys/{name}")).Expect(200);
    }
}
