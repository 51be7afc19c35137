using System.Text.Json;
using System.Text.Unicode;
using Rekey.Trust.Jose;
using Rekey.Trust.Lists;

namespace Rekey.Trust;

/// <summary>
/// Judges an access token against a trust list (RFC 7519, RFC 8725). The token chooses nothing: its <c>kid</c> and <c>iss</c> find an
/// entry, and the entry sets algorithm, audience and key. <c>jku</c>, <c>jwk</c>, <c>x5u</c> and <c>x5c</c> are ignored.
/// </summary>
public static class TokenJudge
{
    /// <summary>A token longer than this is refused unread.</summary>
    public const int MaxTokenLength = 16 * 1024;

    /// <summary>The maximum length of a claim that names a token, its issuer, its subject or its client. An entry of the blocklist holds as
    /// much, so every accepted token can be blocked.</summary>
    public const int MaxNameLength = 2048;

    /// <summary>The types of an access token of an issuer that names none: RFC 9068's, and the general one of RFC 7519 §5.1. Never the
    /// type of another document, which the issuer may have signed for the same audience.</summary>
    private static readonly IReadOnlyList<string> UsualTypes = ["at+jwt", "JWT"];

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    public static TokenVerdict Judge(string token, TrustList list, TrustOptions options, DateTimeOffset now)
    {
        if (token.Length > MaxTokenLength || !CompactJws.TrySplit(token, out var jws))
        {
            return Refuse("not-a-compact-jws");
        }

        try
        {
            var (header, claims) = (Json(jws.Header), Json(jws.Payload));
            if (Entry(header, claims, list, out var algorithm) is not { } entry)
            {
                return Refuse("kid-not-trusted");
            }

            var refusal =
                list.IsRevoked(entry.Thumbprint) ? "kid-revoked"
                : !entry.Algorithms.Contains(algorithm, StringComparer.Ordinal) ? "alg-not-bound"
                : header.TryGetProperty("crit"u8, out _) || !IsEncoded(header) ? "crit-not-understood"
                : !IsTyped(header, entry.TokenTypes) ? "typ-not-bound"
                : !HasHeaderTexts(header) ? "malformed-header"
                : !CanBeNamed(claims) || !HasTimes(claims) || !HasAudienceTexts(claims) ? "malformed-claims"
                : !IsFor(claims, entry.Audiences) ? "aud-not-bound"
                : !JwsSignature.Verify(entry.PublicKey, algorithm, jws.SigningInputBytes(), StrictBase64Url.Decode(jws.Signature))
                    ? "signature-wrong"
                : Times(claims, entry.Window, options, now);
            return refusal is null ? Accept(claims, entry, options) : Refuse(refusal);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return Refuse("unreadable");
        }
    }

    /// <summary>Parses a part of the token. Text that is no Unicode is refused anywhere in it: half a surrogate pair is valid JSON
    /// (RFC 8259 §8.2), and nobody can compare or repeat it.</summary>
    internal static JsonElement Json(ReadOnlySpan<char> part)
    {
        var json = StrictBase64Url.Decode(part);
        if (!Utf8.IsValid(json))
        {
            throw new FormatException("This is not UTF-8.");
        }

        var element = JsonElement.Parse(json, Strict);
        if (json.AsSpan().IndexOf("\\u"u8) >= 0)
        {
            ReadText(element);
        }

        return element;
    }

    /// <exception cref="InvalidOperationException">A string or the name of a member is no text.</exception>
    private static void ReadText(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    ReadText(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    ReadText(member.Value);
                }

                break;
        }
    }

    /// <summary>Whether the payload is base64url, as in every JWT (RFC 7797 §7 forbids <c>b64: false</c>).</summary>
    private static bool IsEncoded(JsonElement header) =>
        !header.TryGetProperty("b64"u8, out var encoded) || encoded.ValueKind is JsonValueKind.True;

    /// <summary>Whether the parameters that RFC 7515 and RFC 7516 define as texts are absent, or texts: a verifier that reads them refuses
    /// the token otherwise, and Rekey must not call it active.</summary>
    private static bool HasHeaderTexts(JsonElement header) =>
        IsText(header, "cty"u8) && IsText(header, "x5t"u8) && IsText(header, "zip"u8) && IsText(header, "enc"u8);

    private static bool IsText(JsonElement header, ReadOnlySpan<byte> name) =>
        !header.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.String;

    /// <summary>Whether <c>typ</c> is a media type of the issuer's tokens. Case and the prefix <c>application/</c> do not matter (RFC 7515
    /// §4.1.9). It may be absent only where the issuer names no type.</summary>
    private static bool IsTyped(JsonElement header, IReadOnlyList<string> types)
    {
        if (!header.TryGetProperty("typ"u8, out var typ))
        {
            return types.Count == 0;
        }

        return typ.ValueKind is JsonValueKind.String
            && (types.Count == 0 ? UsualTypes : types).Contains(
                IssuerBinding.ShortType(typ.GetString()!),
                StringComparer.OrdinalIgnoreCase
            );
    }

    /// <summary>Whether each claim by which a token is blocked, logged and found is absent, or text that an entry of the blocklist can hold
    /// (RFC 7519 §4.1: StringOrURI). A number as <c>jti</c> is logged as digits, and no entry with these digits would match it.</summary>
    private static bool CanBeNamed(JsonElement claims) =>
        IsName(claims, "jti"u8)
        && IsName(claims, "sub"u8)
        && IsName(claims, "iss"u8)
        && IsName(claims, "client_id"u8)
        && IsName(claims, "azp"u8);

    private static bool IsName(JsonElement claims, ReadOnlySpan<byte> name) =>
        !claims.TryGetProperty(name, out var value)
        || (value.ValueKind is JsonValueKind.String && value.GetString()!.Length <= MaxNameLength);

    /// <summary>Whether each time is absent or a number: a verifier must not skip a time because it cannot read it.</summary>
    private static bool HasTimes(JsonElement claims) => IsTime(claims, "exp"u8) && IsTime(claims, "iat"u8) && IsTime(claims, "nbf"u8);

    /// <summary>Whether several audiences are texts (RFC 7519 §4.1.3): other verifiers cannot read such a token, and no log can name its
    /// audience.</summary>
    private static bool HasAudienceTexts(JsonElement claims) =>
        !claims.TryGetProperty("aud"u8, out var aud)
        || aud.ValueKind is not JsonValueKind.Array
        || aud.EnumerateArray().All(a => a.ValueKind is JsonValueKind.String);

    private static bool IsTime(JsonElement claims, ReadOnlySpan<byte> name) =>
        !claims.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Number;

    private static TrustEntry? Entry(JsonElement header, JsonElement claims, TrustList list, out string algorithm)
    {
        algorithm = Text(header, "alg"u8) ?? "";
        var (kid, issuer) = (Text(header, "kid"u8), Text(claims, "iss"u8));
        return kid is null || issuer is null ? null : list.Find(issuer, kid);
    }

    private static string? Times(JsonElement claims, TrustWindow window, TrustOptions options, DateTimeOffset now)
    {
        if (Time(claims, "exp"u8) is not { } expires || Time(claims, "iat"u8) is not { } issued)
        {
            return "no-exp-or-iat";
        }

        return now >= expires + options.ClockSkew ? "expired"
            : issued > now + options.ClockSkew || Time(claims, "nbf"u8) > now + options.ClockSkew ? "not-yet-valid"
            : expires - issued > options.MaxTokenLifetime ? "lives-too-long"
            : now < window.TrustedFrom - options.ClockSkew ? "not-yet-trusted"
            : issued > window.IssuedUntil ? "issued-after-the-key-stopped"
            : now >= window.TrustedUntil ? "trust-ended"
            : null;
    }

    private static TokenVerdict Accept(JsonElement claims, TrustEntry entry, TrustOptions options)
    {
        var from = entry.Window.TrustedFrom;
        from = Time(claims, "iat"u8) is { } issued && issued > from ? issued : from;
        from = Time(claims, "nbf"u8) is { } notBefore && notBefore > from ? notBefore : from;
        var expires = Time(claims, "exp"u8)!.Value + options.ClockSkew;
        return new(Refusal: null, claims, entry)
        {
            HoldsFrom = from - options.ClockSkew,
            HoldsUntil = entry.Window.TrustedUntil < expires ? entry.Window.TrustedUntil.Value : expires,
        };
    }

    internal static string? Text(JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    /// <summary>NumericDate: seconds, a fraction is allowed (RFC 7519 §2).</summary>
    internal static DateTimeOffset? Time(JsonElement claims, ReadOnlySpan<byte> name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number
            ? DateTimeOffset.UnixEpoch.AddSeconds(value.GetDouble())
            : null;

    /// <summary><c>aud</c> is one or several (RFC 7519 §4.1.3).</summary>
    private static bool IsFor(JsonElement claims, IReadOnlyList<string> audiences)
    {
        if (!claims.TryGetProperty("aud"u8, out var aud))
        {
            return false;
        }

        if (aud.ValueKind is not JsonValueKind.Array)
        {
            return audiences.Contains(aud.GetString(), StringComparer.Ordinal);
        }

        foreach (var one in aud.EnumerateArray())
        {
            if (audiences.Contains(one.GetString(), StringComparer.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static TokenVerdict Refuse(string reason) => new(reason, Claims: null, Entry: null);
}
