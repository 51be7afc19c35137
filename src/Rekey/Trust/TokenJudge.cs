using System.Text.Json;
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

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    public static TokenVerdict Judge(string token, TrustList list, TrustOptions options, DateTimeOffset now)
    {
        if (token.Length > MaxTokenLength || !CompactJws.TrySplit(token, out var jws))
        {
            return Refuse("not-a-compact-jws");
        }

        try
        {
            var (header, claims) = (
                JsonElement.Parse(StrictBase64Url.Decode(jws.Header), Strict),
                JsonElement.Parse(StrictBase64Url.Decode(jws.Payload), Strict)
            );
            if (Entry(header, claims, list, out var algorithm) is not { } entry)
            {
                return Refuse("kid-not-trusted");
            }

            var refusal =
                list.Revoked.Contains(entry.Thumbprint, StringComparer.Ordinal) ? "kid-revoked"
                : !entry.Algorithms.Contains(algorithm, StringComparer.Ordinal) ? "alg-not-bound"
                : header.TryGetProperty("crit"u8, out _) ? "crit-not-understood"
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

    private static TrustEntry? Entry(JsonElement header, JsonElement claims, TrustList list, out string algorithm)
    {
        algorithm = Text(header, "alg"u8) ?? "";
        var (kid, issuer) = (Text(header, "kid"u8), Text(claims, "iss"u8));
        foreach (var key in list.Keys)
        {
            if (string.Equals(key.Kid, kid, StringComparison.Ordinal) && string.Equals(key.Issuer, issuer, StringComparison.Ordinal))
            {
                return key;
            }
        }

        return null;
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

    private static string? Text(JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    /// <summary>NumericDate: seconds, a fraction is allowed (RFC 7519 §2).</summary>
    private static DateTimeOffset? Time(JsonElement claims, ReadOnlySpan<byte> name) =>
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
            if (one.ValueKind is JsonValueKind.String && audiences.Contains(one.GetString(), StringComparer.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static TokenVerdict Refuse(string reason) => new(reason, Claims: null, Entry: null);
}
