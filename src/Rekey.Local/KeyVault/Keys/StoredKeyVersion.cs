using System.Security.Cryptography;

namespace Rekey.Local.KeyVault.Keys;

/// <summary>One version of a key.</summary>
internal sealed record StoredKeyVersion(
    string Id,
    KeyMaterial Material,
    IReadOnlyList<string> Ops,
    bool Enabled,
    DateTimeOffset? NotBefore,
    DateTimeOffset? Expires,
    DateTimeOffset Created,
    DateTimeOffset Updated,
    IReadOnlyDictionary<string, string>? Tags
)
{
    /// <summary>An enabled version that may do all its kind can, under a new random id.</summary>
    public static StoredKeyVersion New(KeyMaterial material, DateTimeOffset now) =>
        new(
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            material,
            material.Shape.PossibleOps,
            true,
            null,
            null,
            Whole(now),
            Whole(now),
            null
        );

    /// <summary>A vault keeps time in whole seconds.</summary>
    public static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
