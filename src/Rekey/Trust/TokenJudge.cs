using System.Text;
using System.Text.Json;

namespace Rekey.Trust;

/// <summary>What became of a token: accepted with its claims, or refused with the reason.</summary>
/// <param name="Refusal">A stable code such as <c>kid-not-trusted</c>; null when accepted.</param>
/// <param name="Claims">The payload; only when accepted.</param>
/// <param name="Entry">The trust entry that vouches for it; only when accepted.</param>
public sealed record TokenVerdict(string? Refusal, JsonElement? Claims, TrustEntry? Entry)
{
    public bool Active => Refusal is null;

    /// <summary>The verdict holds from then on; only when accepted.</summary>
    public DateTimeOffset HoldsFrom { get; init; }

    /// <summary>The verdict holds until then, as long as the trust list does; only when accepted.</summary>
    public DateTimeOffset HoldsUntil { get; init; }
}

/// <summary>
/// Judges an access token against a trust list (RFC 7519, RFC 8725). The token chooses nothing: its <c>kid</c> and <c>iss</c> find an
/// entry, and the entry says which algorithm, audience and key are right. <c>jku</c>, <c>jwk</c>, <c>x5u</c> and <c>x5c</c> are never looked at.
/// </summary>
public static class TokenJudge
{
    /// <summary>A token longer than this is refused unread.</summary>
    public const int MaxTokenLength = 16 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    public static TokenVerdict Judge(string token, TrustList list, TrustOptions options, DateTimeOffset now)
    {
        if (token.Length > MaxTokenLength || token.Split('.') is not [var head, var body, var tail])
        {
            return Refuse("not-a-compact-jws");
        }

        try
        {
            using var header = JsonDocument.Parse(StrictBase64Url.Decode(head), Strict);
            using var payload = JsonDocument.Parse(StrictBase64Url.Decode(body), Strict);
            var claims = payload.RootElement;
            if (Entry(header.RootElement, claims, list, out var algorithm) is not { } entry)
            {
                return Refuse("kid-not-trusted");
            }

            var refusal = list.Bars.Contains(entry.Thumbprint, StringComparer.Ordinal) ? "kid-barred"
                : !entry.Algorithms.Contains(algorithm, StringComparer.Ordinal) ? "alg-not-bound"
                : header.RootElement.TryGetProperty("crit", out _) ? "crit-not-understood"
                : !Audiences(claims).Any(a => entry.Audiences.Contains(a, StringComparer.Ordinal)) ? "aud-not-bound"
                : !JwsSignature.Verify(entry.PublicKey, algorithm, Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]), StrictBase64Url.Decode(tail)) ? "signature-wrong"
                : Times(claims, entry.Window, options, now);
            return refusal is null ? Accept(claims.Clone(), entry, options) : Refuse(refusal);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return Refuse("unreadable");
        }
    }

    private static TrustEntry? Entry(JsonElement header, JsonElement claims, TrustList list, out string algorithm)
    {
        algorithm = Text(header, "alg") ?? "";
        var (kid, issuer) = (Text(header, "kid"), Text(claims, "iss"));
        return list.Keys.FirstOrDefault(k => string.Equals(k.Kid, kid, StringComparison.Ordinal) && string.Equals(k.Issuer, issuer, StringComparison.Ordinal));
    }

    private static string? Times(JsonElement claims, TrustWindow window, TrustOptions options, DateTimeOffset now)
    {
        if (Time(claims, "exp") is not { } expires || Time(claims, "iat") is not { } issued)
        {
            return "no-exp-or-iat";
        }

        return now >= expires + options.ClockSkew ? "expired"
            : issued > now + options.ClockSkew || Time(claims, "nbf") > now + options.ClockSkew ? "not-yet-valid"
            : expires - issued > options.MaxTokenLifetime ? "lives-too-long"
            : now < window.TrustedFrom - options.ClockSkew ? "not-yet-trusted"
            : issued > window.IssuedUntil ? "issued-after-the-key-stopped"
            : now >= window.TrustedUntil ? "trust-ended"
            : null;
    }

    private static TokenVerdict Accept(JsonElement claims, TrustEntry entry, TrustOptions options)
    {
        DateTimeOffset[] starts = [Time(claims, "iat")!.Value, Time(claims, "nbf") ?? DateTimeOffset.MinValue + options.ClockSkew, entry.Window.TrustedFrom];
        var expires = Time(claims, "exp")!.Value + options.ClockSkew;
        return new(Refusal: null, claims, entry)
        {
            HoldsFrom = starts.Max() - options.ClockSkew,
            HoldsUntil = entry.Window.TrustedUntil < expires ? entry.Window.TrustedUntil.Value : expires,
        };
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    /// <summary>NumericDate: seconds, a fraction is allowed (RFC 7519 §2).</summary>
    private static DateTimeOffset? Time(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number ? DateTimeOffset.UnixEpoch.AddSeconds(value.GetDouble()) : null;

    private static IEnumerable<string?> Audiences(JsonElement claims) => !claims.TryGetProperty("aud", out var aud) ? []
        : aud.ValueKind is JsonValueKind.Array ? aud.EnumerateArray().Select(a => a.ValueKind is JsonValueKind.String ? a.GetString() : null)
        : [aud.GetString()];

    private static TokenVerdict Refuse(string reason) => new(reason, Claims: null, Entry: null);
}
