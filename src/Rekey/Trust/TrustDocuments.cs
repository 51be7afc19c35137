using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rekey.Trust;

/// <summary>The trust list as documents: a JWK Set per issuer (RFC 7517 §5), and the whole list for gateways.</summary>
public static class TrustDocuments
{
    /// <summary>Name of the signed trust list among the documents.</summary>
    public const string TrustListName = "trust-list.jwt";

    /// <summary><c>typ</c> of the signed trust list (RFC 8725 §3.11: explicit typing).</summary>
    public const string TrustListType = "rekey-trust-list+jwt";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        AllowDuplicateProperties = false,
    };

    /// <summary>Name of an issuer's JWKS among the documents.</summary>
    public static string JwksName(string issuerName) => $"{issuerName}/jwks.json";

    /// <summary>The JWK Set of one issuer: public members, <c>use</c>, <c>kid</c>, and <c>alg</c> where only one is bound. No windows, no bars: it is read by everybody.</summary>
    public static byte[] Jwks(TrustList list, string issuerName)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("keys");
            foreach (var entry in list.Keys.Where(k => string.Equals(k.IssuerName, issuerName, StringComparison.Ordinal)))
            {
                WriteKey(json, entry);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The trust list's payload.</summary>
    public static byte[] Payload(TrustList list) => JsonSerializer.SerializeToUtf8Bytes(list, Options);

    /// <summary>Reads a payload back.</summary>
    /// <exception cref="JsonException">It is no trust list.</exception>
    public static TrustList Read(ReadOnlySpan<byte> payload) =>
        JsonSerializer.Deserialize<TrustList>(payload, Options) is not { } list ? throw new JsonException("The trust list is null.")
        : list.SchemaVersion > TrustList.Schema ? throw new JsonException("The trust list was written by a later release.")
        : list;

    /// <summary>Whether two lists say the same, whenever and under whatever number they were made.</summary>
    public static bool SaySame(TrustList a, TrustList b) =>
        Payload(a with { Sequence = 0, MadeAt = default }).AsSpan().SequenceEqual(Payload(b with { Sequence = 0, MadeAt = default }));

    private static void WriteKey(Utf8JsonWriter json, TrustEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("kty", entry.PublicKey.KeyType);
        json.WriteString("use", "sig");
        if (entry.Algorithms.Count == 1)
        {
            json.WriteString("alg", entry.Algorithms[0]);
        }

        json.WriteString("kid", entry.Kid);
        foreach (var (name, value) in new[]
        {
            ("crv", entry.PublicKey.Curve), ("x", entry.PublicKey.X), ("y", entry.PublicKey.Y), ("n", entry.PublicKey.Modulus), ("e", entry.PublicKey.Exponent),
        })
        {
            if (value is not null)
            {
                json.WriteString(name, value);
            }
        }

        json.WriteEndObject();
    }
}
