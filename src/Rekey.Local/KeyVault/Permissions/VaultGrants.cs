using System.Collections.Concurrent;

namespace Rekey.Local.KeyVault.Permissions;

/// <summary>The permissions of principals on the whole vault or on one key.</summary>
internal sealed class VaultGrants
{
    private readonly ConcurrentDictionary<(string ObjectId, string KeyName), KeyPermissions> _held = new();

    public void Set(string objectId, KeyPermissions permissions, string? keyName) => _held[Slot(objectId, keyName)] = permissions;

    public void Remove(string objectId)
    {
        foreach (var slot in _held.Keys.Where(s => s.ObjectId.Equals(objectId, StringComparison.OrdinalIgnoreCase)))
        {
            _held.TryRemove(slot, out _);
        }
    }

    public KeyPermissions Held(string objectId, string? keyName) =>
        _held.GetValueOrDefault(Slot(objectId, null))
        | (keyName is null ? KeyPermissions.None : _held.GetValueOrDefault(Slot(objectId, keyName)));

    private static (string ObjectId, string KeyName) Slot(string objectId, string? keyName) =>
        (objectId.ToLowerInvariant(), keyName?.ToLowerInvariant() ?? string.Empty);
}
