using Rekey.Local.KeyVault.Operations;
using Rekey.Local.KeyVault.Server;

namespace Rekey.Local.KeyVault.Keys;

/// <summary>
/// Finds keys, and lets unfinished deletions and recoveries finish: every look at such a key brings it one step on.
/// </summary>
internal sealed class KeyRing(KeyStore store)
{
    public IEnumerable<StoredKey> Active => store.All.Where(k => k.State == KeyState.Active).OrderBy(k => k.Name, StringComparer.Ordinal);

    public IEnumerable<StoredKey> Deleted => store.All.Where(k => k.State == KeyState.Deleted).OrderBy(k => k.Name, StringComparer.Ordinal);

    /// <exception cref="VaultException">404: there is no such key, or it is not usable now.</exception>
    public StoredKey FindActive(string name) => Look(name) is { State: KeyState.Active } key ? key : throw VaultException.KeyNotFound(name);

    /// <exception cref="VaultException">404.</exception>
    public StoredKey FindDeleted(string name) =>
        Look(name) is { State: KeyState.Deleted } key ? key : throw VaultException.KeyNotFound(name);

    /// <exception cref="VaultException">404: no such key or version.</exception>
    public (StoredKey Key, StoredKeyVersion Version) FindVersion(string name, string? version)
    {
        var key = FindActive(name);
        return (key, key.Find(version) ?? throw VaultException.KeyNotFound($"{name}/{version}"));
    }

    /// <summary>Changes a usable key in one step.</summary>
    /// <exception cref="VaultException">404, or what the change throws.</exception>
    public StoredKey ChangeActive(string name, Func<StoredKey, StoredKey> change) =>
        store.Change(name, key => key is { State: KeyState.Active } ? change(key) : throw VaultException.KeyNotFound(name))!;

    /// <summary>Adds a version, to a new key if need be.</summary>
    /// <exception cref="VaultException">409: the name is taken by a deleted key.</exception>
    public StoredKey Add(string name, StoredKeyVersion version, bool managed = false)
    {
        _ = Look(name);
        return store.Change(name, key =>
        {
            KeyRules.CheckNameIsFree(key);
            if (key is not null && !managed)
            {
                KeyRules.CheckNotManaged(key, "create");
            }

            return key?.With(version) ?? new StoredKey(name, [version], KeyRotationPolicy.Default, managed, KeyState.Active, 0, null);
        })!;
    }

    /// <summary>Finds a key in whatever state, after one step on.</summary>
    public StoredKey? Look(string name)
    {
        StoredKey? seen = null;
        store.Change(name, key =>
        {
            if (key is not { State: KeyState.Deleting or KeyState.Recovering })
            {
                seen = key;
                return key;
            }

            seen = key.PollsLeft > 0 ? key : Settled(key);
            return key.PollsLeft > 0 ? key with { PollsLeft = key.PollsLeft - 1 } : seen;
        });
        return seen;
    }

    private static StoredKey Settled(StoredKey key) =>
        key.State == KeyState.Deleting ? key with { State = KeyState.Deleted } : key with { State = KeyState.Active, DeletedOn = null };
}
