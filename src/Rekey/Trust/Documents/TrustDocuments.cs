using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Ledgers.Forks;
using Rekey.Trust.Jose;
using Rekey.Trust.Lists;

namespace Rekey.Trust.Documents;

/// <summary>Writes the trust list as documents: a JWK Set per issuer (RFC 7517 §5), and the whole signed list for gateways.</summary>
public static class TrustDocuments
{
    /// <summary>Name of the signed trust list among the documents.</summary>
    public const string TrustListName = "trust-list.jwt";

    /// <summary><c>typ</c> of the signed trust list (RFC 8725 §3.11: explicit typing).</summary>
    public const string TrustListType = "rekey-trust-list+jwt";

    /// <summary>The signed trust list as a document.</summary>
    /// <remarks>2,000 keys with three versions each take about 8 MB.</remarks>
    public static readonly DocumentKind Kind = new(TrustListName, "application/jwt", 16 * 1024 * 1024);

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
    };

    /// <summary>
    /// The JWK Set of one issuer: public members, <c>use</c>, <c>kid</c>, and <c>alg</c> where only one is bound. It is public, so it has
    /// no windows and no revoked keys.
    /// </summary>
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

    /// <summary>Writes the trust list's payload.</summary>
    public static byte[] Payload(TrustList list) => JsonSerializer.SerializeToUtf8Bytes(list, Options);

    /// <summary>Reads a payload.</summary>
    /// <exception cref="JsonException">It is no trust list.</exception>
    public static TrustList Read(ReadOnlySpan<byte> payload) =>
        JsonSerializer.Deserialize<TrustList>(payload, Options) is not { } list ? throw new JsonException("The trust list is null.")
        : list.SchemaVersion > TrustList.Schema ? throw new JsonException("The trust list was written by a later release.")
        : list;

    /// <summary>Opens a signed list.</summary>
    /// <param name="pinned">The key that alone may have signed it.</param>
    /// <exception cref="CannotContinueException">It is no list that this key has signed for this environment.</exception>
    public static TrustList Open(ReadOnlySpan<byte> document, PublicJwk pinned, string algorithm, string environment)
    {
        var payload = SignedDocument.Open(document, TrustListType, pinned, algorithm);
        try
        {
            return Read(payload) is var list && list.Environment == environment
                ? list
                : throw SignedDocument.Refused("it is another environment's");
        }
        catch (JsonException e)
        {
            throw SignedDocument.Refused($"it cannot be read: {e.Message}");
        }
    }

    /// <summary>Whether two lists have the same content, whatever their time and number.</summary>
    public static bool SaySame(TrustList a, TrustList b) => Said(a).AsSpan().SequenceEqual(Said(b));

    private static byte[] Said(TrustList list) =>
        Payload(
            list with
            {
                Sequence = 0,
                MadeAt = default,
                ValidUntil = default,
                Ledger = LedgerMark.Empty,
                Lines = LineHashes.None,
                AcceptedSequence = 0,
            }
        );

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
        foreach (
            var (name, value) in new[]
            {
                ("crv", entry.PublicKey.Curve),
                ("x", entry.PublicKey.X),
                ("y", entry.PublicKey.Y),
                ("n", entry.PublicKey.Modulus),
                ("e", entry.PublicKey.Exponent),
            }
        )
        {
            if (value is not null)
            {
                json.WriteString(name, value);
            }
        }

        json.WriteEndObject();
    }
}
