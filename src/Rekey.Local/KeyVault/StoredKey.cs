using System.Security.Cryptography;

namespace Rekey.Local.KeyVault;

/// <summary>Where a key is between being usable and being gone.</summary>
internal enum KeyState
{
    Active,

    /// <summary>Deletion was accepted and is not finished.</summary>
    Deleting,
    Deleted,

    /// <summary>Recovery was accepted and is not finished.</summary>
    Recovering,
}

/// <summary>One version of a key.</summary>
internal sealed record KeyVersion(
    string Id,
    KeyMaterial Material,
    IReadOnlyList<string> Ops,
    bool Enabled,
    DateTimeOffset? NotBefore,
    DateTimeOffset? Expires,
    DateTimeOffset Created,
    DateTimeOffset Updated,
    IReadOnlyDictionary<string, string>? Tags)
{
    /// <summary>An enabled version that may do all its kind can, under a new random id.</summary>
    public static KeyVersion New(KeyMaterial material, DateTimeOffset now) => new(
        Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), material, material.Shape.PossibleOps, true, null, null, Whole(now), Whole(now), null);

    /// <summary>A vault keeps time in whole seconds.</summary>
    public static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}

/// <summary>A key with all its versions, oldest first.</summary>
internal sealed record StoredKey(
    string Name,
    IReadOnlyList<KeyVersion> Versions,
    RotationPolicy Policy,
    bool Managed,
    KeyState State,
    int PollsLeft,
    DateTimeOffset? DeletedOn)
{
    public KeyVersion Latest => Versions[^1];

    public KeyVersion? Find(string? version) =>
        string.IsNullOrEmpty(version) ? Latest : Versions.FirstOrDefault(v => v.Id.Equals(version, StringComparison.OrdinalIgnoreCase));

    public StoredKey With(KeyVersion added) => this with { Versions = [.. Versions, added] };

    public StoredKey Replace(KeyVersion changed) => this with { Versions = [.. Versions.Select(v => v.Id == changed.Id ? changed : v)] };
}
