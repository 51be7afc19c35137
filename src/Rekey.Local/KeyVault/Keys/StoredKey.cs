using Rekey.Local.KeyVault.Operations;

namespace Rekey.Local.KeyVault.Keys;

/// <summary>A key with all its versions, oldest first.</summary>
internal sealed record StoredKey(
    string Name,
    IReadOnlyList<StoredKeyVersion> Versions,
    KeyRotationPolicy Policy,
    bool Managed,
    KeyState State,
    int PollsLeft,
    DateTimeOffset? DeletedOn
)
{
    public StoredKeyVersion Latest => Versions[^1];

    public StoredKeyVersion? Find(string? version) =>
        string.IsNullOrEmpty(version) ? Latest : Versions.FirstOrDefault(v => v.Id.Equals(version, StringComparison.OrdinalIgnoreCase));

    public StoredKey With(StoredKeyVersion added) => this with { Versions = [.. Versions, added] };

    public StoredKey Replace(StoredKeyVersion changed) =>
        this with
        {
            Versions = [.. Versions.Select(v => v.Id == changed.Id ? changed : v)],
        };
}
