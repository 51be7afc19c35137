using System.Text.Json.Serialization;
using Rekey.Trust.Jose;
using Rekey.Trust.Vaults;

namespace Rekey.Azure.KeyVault;

/// <summary>The data plane's JSON, api-version 2025-07-01. Times are Unix seconds, binary is base64url without padding.</summary>
internal static class VaultWire
{
    internal sealed record Bundle(Jwk? Key, Attributes? Attributes, Dictionary<string, string>? Tags, bool? Managed);

    internal sealed record Jwk(
        string? Kid,
        string? Kty,
        string? Crv,
        string? X,
        string? Y,
        string? N,
        string? E,
        [property: JsonPropertyName("key_ops")] string[]? KeyOps
    );

    internal sealed record Attributes(bool? Enabled, long? Nbf, long? Exp, long? Created, long? Updated);

    internal sealed record Item(string? Kid, Attributes? Attributes);

    internal sealed record Page(Item[]? Value, string? NextLink);

    internal sealed record Change(
        AttributeChange? Attributes,
        [property: JsonPropertyName("key_ops")] IReadOnlyList<string>? KeyOps,
        IReadOnlyDictionary<string, string>? Tags
    );

    internal sealed record AttributeChange(bool? Enabled);

    internal sealed record SignRequest(string Alg, string Value);

    internal sealed record SignReply(string? Kid, string? Value);

    internal sealed record VerifyRequest(string Alg, string Digest, string Value);

    internal sealed record VerifyReply(bool? Value);

    internal sealed record Failure(FailureBody? Error);

    internal sealed record FailureBody(string? Code, string? Message, InnerFailure? Innererror);

    internal sealed record InnerFailure(string? Code);

    /// <summary>The last segment of a kid, if it names this key (names compare without case).</summary>
    public static string? VersionOf(string? kid, string name) =>
        Uri.TryCreate(kid, UriKind.Absolute, out var uri)
        && uri.AbsolutePath.Split('/') is ["", "keys", var key, { Length: > 0 } version]
        && string.Equals(key, name, StringComparison.OrdinalIgnoreCase)
            ? version
            : null;

    public static KeyVersion? VersionOf(Bundle bundle, string name) =>
        bundle is { Key: { Kty: { } kty } key, Attributes: { Enabled: { } enabled, Created: { } created } attributes }
        && VersionOf(key.Kid, name) is { } version
            ? new KeyVersion(
                version,
                enabled,
                DateTimeOffset.FromUnixTimeSeconds(created),
                PublicJwk.FromVault(kty, key.Crv, key.X, key.Y, key.N, key.E),
                key.KeyOps ?? [],
                bundle.Managed ?? false,
                bundle.Tags ?? []
            )
            {
                NotBefore = Time(attributes.Nbf),
                ExpiresOn = Time(attributes.Exp),
            }
            : null;

    /// <summary>Converts an item of the list of keys; null if it names no key.</summary>
    public static KeyProperties? PropertiesOf(Item item) =>
        item is { Attributes.Updated: { } updated }
        && Uri.TryCreate(item.Kid, UriKind.Absolute, out var uri)
        && uri.AbsolutePath.Split('/') is ["", "keys", { Length: > 0 } name]
            ? new KeyProperties(name, DateTimeOffset.FromUnixTimeSeconds(updated))
            : null;

    public static KeyVersionProperties? PropertiesOf(Item item, string name) =>
        item is { Attributes: { Enabled: { } enabled, Created: { } created } } && VersionOf(item.Kid, name) is { } version
            ? new KeyVersionProperties(version, enabled, DateTimeOffset.FromUnixTimeSeconds(created))
            : null;

    private static DateTimeOffset? Time(long? seconds) => seconds is { } s ? DateTimeOffset.FromUnixTimeSeconds(s) : null;
}
