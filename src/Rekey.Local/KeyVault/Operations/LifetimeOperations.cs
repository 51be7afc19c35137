using System.Text.Json.Nodes;
using Rekey.Local.KeyVault.Keys;
using Rekey.Local.KeyVault.Server;

namespace Rekey.Local.KeyVault.Operations;

/// <summary>Deletes, recovers, purges, backs up and restores keys.</summary>
internal sealed class LifetimeOperations(
    KeyVaultOptions options,
    KeyStore store,
    KeyRing ring,
    KeyBodies bodies,
    VaultServiceLimits throttle,
    VaultAddress address
)
{
    private static readonly KeyShape AnyShape = new(KeyShape.Ec, null, "P-256", false);

    /// <summary>Accepted at once, finished later: until then neither <c>/keys</c> nor <c>/deletedkeys</c> shows the key.</summary>
    public Task<VaultResponse> DeleteAsync(VaultCall call)
    {
        var found = ring.FindActive(call.Name!);
        Charge(found);
        KeyRules.CheckNotManaged(found, "delete");
        var key = ring.ChangeActive(call.Name!, current =>
            current with
            {
                State = options.SettleAfterPolls > 0 ? KeyState.Deleting : KeyState.Deleted,
                PollsLeft = options.SettleAfterPolls,
                DeletedOn = StoredKeyVersion.Whole(options.Time.GetUtcNow()),
            }
        );
        return Done(bodies.DeletedBundle(key));
    }

    public Task<VaultResponse> GetDeletedAsync(VaultCall call)
    {
        var key = ring.FindDeleted(call.Name!);
        Charge(key);
        return Done(bodies.DeletedBundle(key));
    }

    public Task<VaultResponse> ListDeletedAsync(VaultCall call)
    {
        throttle.Charge(AnyShape, create: false);
        return Done(Paging.Page(call.Request, address.Root, ring.Deleted, k => k.Name, bodies.DeletedItem, options.EmitEmptyPages));
    }

    public Task<VaultResponse> RecoverAsync(VaultCall call)
    {
        Charge(LookDeleted(call.Name!));
        var key = ChangeDeleted(call.Name!, current =>
            current with
            {
                State = options.SettleAfterPolls > 0 ? KeyState.Recovering : KeyState.Active,
                PollsLeft = options.SettleAfterPolls,
                DeletedOn = options.SettleAfterPolls > 0 ? current.DeletedOn : null,
            }
        );
        return Done(bodies.Bundle(key!, key!.Latest));
    }

    /// <summary>Under purge protection the key stays until its retention ends; the status of that refusal is not confirmed.</summary>
    public Task<VaultResponse> PurgeAsync(VaultCall call)
    {
        var key = LookDeleted(call.Name!);
        Charge(key);
        if (options.PurgeProtection && options.Time.GetUtcNow() < key.DeletedOn!.Value.AddDays(options.RetentionDays))
        {
            throw VaultException.Forbidden("Operation purge is not allowed: purge protection is enabled for this vault.", null);
        }

        ChangeDeleted(call.Name!, _ => null);
        return Task.FromResult(new VaultResponse(204, null));
    }

    public Task<VaultResponse> BackupAsync(VaultCall call)
    {
        var key = ring.FindActive(call.Name!);
        Charge(key);
        return Done(new JsonObject { ["value"] = BackupBlob.Seal(key, options.SubscriptionId) });
    }

    /// <summary>A restored key has the versions of the backup and a life of its own. Over an existing name: 409 (not confirmed).</summary>
    public async Task<VaultResponse> RestoreAsync(VaultCall call)
    {
        var body = await call.ReadBodyAsync();
        var restored = BackupBlob.Open(RequestJson.Bytes(body, "value"), options.SubscriptionId);
        KeyRules.CheckName(restored.Name);
        throttle.Charge(restored.Latest.Material.Shape, create: false);
        _ = ring.Look(restored.Name);
        var key = store.Change(restored.Name, existing =>
        {
            KeyRules.CheckNameIsFree(existing);
            return existing is null
                ? restored
                : throw VaultException.Conflict($"A key named {restored.Name} already exists in this vault.");
        })!;
        call.KeyId = bodies.VersionId(key.Name, key.Latest.Id);
        return VaultResponse.Ok(bodies.Bundle(key, key.Latest));
    }

    private static Task<VaultResponse> Done(JsonObject body) => Task.FromResult(VaultResponse.Ok(body));

    private void Charge(StoredKey key) => throttle.Charge(key.Latest.Material.Shape, create: false);

    private StoredKey LookDeleted(string name)
    {
        var key = ring.Look(name);
        return key?.State switch
        {
            KeyState.Deleted => key,
            KeyState.Deleting => throw VaultException.Conflict($"Key {name} is currently being deleted.", "ObjectIsBeingDeleted"),
            _ => throw VaultException.KeyNotFound(name),
        };
    }

    private StoredKey? ChangeDeleted(string name, Func<StoredKey, StoredKey?> change) =>
        store.Change(name, key => key is { State: KeyState.Deleted } ? change(key) : throw VaultException.KeyNotFound(name));
}
