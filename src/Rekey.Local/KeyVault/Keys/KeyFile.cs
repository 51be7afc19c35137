using System.Text.Json;
using System.Text.Json.Serialization;
using Rekey.Local.KeyVault.Operations;

namespace Rekey.Local.KeyVault.Keys;

/// <summary>The form of a key in a file and in a backup, with its private key.</summary>
internal static class KeyFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    public static byte[] Write(StoredKey key) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new KeyData(key.Name, [.. key.Versions.Select(ToData)], key.Policy, key.Managed, key.State, key.PollsLeft, key.DeletedOn),
            Json
        );

    /// <exception cref="JsonException">The bytes are not such a key.</exception>
    public static StoredKey Read(ReadOnlySpan<byte> bytes)
    {
        var data = JsonSerializer.Deserialize<KeyData>(bytes, Json) ?? throw new JsonException("The key file is empty.");
        return new StoredKey(
            data.Name,
            [.. data.Versions.Select(FromData)],
            data.Policy,
            data.Managed,
            data.State,
            data.PollsLeft,
            data.DeletedOn
        );
    }

    private static VersionData ToData(StoredKeyVersion v) =>
        new(
            v.Id,
            v.Material.Shape,
            v.Material.Pkcs8,
            v.Material.Given,
            v.Ops,
            v.Enabled,
            v.NotBefore,
            v.Expires,
            v.Created,
            v.Updated,
            v.Tags
        );

    private static StoredKeyVersion FromData(VersionData d) =>
        new(
            d.Id,
            new KeyMaterial(KeyShape.Parse(d.Shape.Kty, d.Shape.Size, d.Shape.Curve, isImported: true), d.Pkcs8, d.Given),
            d.Ops,
            d.Enabled,
            d.NotBefore,
            d.Expires,
            d.Created,
            d.Updated,
            d.Tags
        );

    private sealed record KeyData(
        string Name,
        VersionData[] Versions,
        KeyRotationPolicy Policy,
        bool Managed,
        KeyState State,
        int PollsLeft,
        DateTimeOffset? DeletedOn
    );

    private sealed record ShapeData(string Kty, int? Size, string? Curve)
    {
        public static implicit operator ShapeData(KeyShape shape) => new(shape.Kty, shape.Size, shape.Curve);
    }

    private sealed record VersionData(
        string Id,
        ShapeData Shape,
        byte[] Pkcs8,
        IReadOnlyDictionary<string, string>? Given,
        IReadOnlyList<string> Ops,
        bool Enabled,
        DateTimeOffset? NotBefore,
        DateTimeOffset? Expires,
        DateTimeOffset Created,
        DateTimeOffset Updated,
        IReadOnlyDictionary<string, string>? Tags
    );
}
