using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rekey.AspNetCore.Issuer.Keys;
using Rekey.Trust;

namespace Rekey.AspNetCore.Issuer.Tokens;

/// <summary>A token before it is signed, as its row names it.</summary>
/// <param name="Jti"><c>jti</c>; of a token without one, the hash of the signing input, so that its row has a name.</param>
/// <param name="Audience">The audiences, sorted and separated by a blank.</param>
/// <param name="ClientId"><c>client_id</c> (RFC 9068), else <c>azp</c>.</param>
/// <param name="SigningInputSha256">SHA-256 of the signing input, lower-case hex.</param>
internal sealed record TokenToSign(
    string Issuer,
    string Jti,
    string Kid,
    string? Subject,
    string? Audience,
    string? ClientId,
    DateTimeOffset? IssuedAt,
    DateTimeOffset? ExpiresAt,
    string SigningInputSha256
)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Reads a signing input and holds it against the key: gateways refuse what the trust list does not bind.</summary>
    /// <exception cref="IssuanceRefusedException">It is no token of this issuer and key.</exception>
    public static TokenToSign Read(string signingInput, CurrentKey key)
    {
        // The signature takes the rest of the longest token.
        if (signingInput.Length > TokenJudge.MaxTokenLength - 1024)
        {
            throw Refused("token-too-long", $"The token is longer than {TokenJudge.MaxTokenLength} characters with its signature.");
        }

        JsonElement header,
            claims;
        try
        {
            var dot = signingInput.IndexOf('.', StringComparison.Ordinal);
            (header, claims) = (Json(signingInput.AsSpan(0, Math.Max(dot, 0))), Json(signingInput.AsSpan(dot + 1)));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw Refused("token-unreadable", "The signing input is no header and payload in JSON.", e);
        }

        var (kid, algorithm, issuer) = (Name(header, "kid"), Name(header, "alg"), Name(claims, "iss"));
        if (kid != key.Entry.Kid || algorithm != key.Algorithm)
        {
            throw Refused(
                "kid-not-current",
                $"The token's header has the kid {kid} and the alg {algorithm}; the trust list says {key.Entry.Kid} and {key.Algorithm}. "
                    + "Ask again if the key has just been switched."
            );
        }

        if (issuer != key.Entry.Issuer)
        {
            throw Refused("iss-not-bound", $"The token's iss is {issuer}, and the trust list binds the key to {key.Entry.Issuer}.");
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(signingInput)));
        return new(
            issuer,
            Name(claims, "jti") ?? hash,
            kid,
            Name(claims, "sub"),
            AudienceOf(claims),
            Name(claims, "client_id") ?? Name(claims, "azp"),
            Time(claims, "iat"),
            Time(claims, "exp"),
            hash
        );
    }

    private static JsonElement Json(ReadOnlySpan<char> part)
    {
        using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part), Strict);
        return document.RootElement is { ValueKind: JsonValueKind.Object } root
            ? root.Clone()
            : throw new JsonException("It is no object.");
    }

    /// <summary>A claim that names something; null when it is not there.</summary>
    private static string? Name(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var value) ? null
        : value.ValueKind is JsonValueKind.String && value.GetString() is { Length: <= TokenJudge.MaxNameLength } text ? text
        : throw Refused(
            "claims-malformed",
            $"The token's {name} is no text of at most {TokenJudge.MaxNameLength} characters. Gateways would refuse it."
        );

    private static DateTimeOffset? Time(JsonElement claims, string name) =>
        !claims.TryGetProperty(name, out var value) ? null
        : value.ValueKind is JsonValueKind.Number && value.GetDouble() is >= 0 and < 253402300800 and var seconds
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
        : throw Refused("claims-malformed", $"The token's {name} is no time in seconds. Gateways would refuse it.");

    private static string? AudienceOf(JsonElement claims) =>
        !claims.TryGetProperty("aud", out var audience) ? null
        : audience.ValueKind is JsonValueKind.String ? audience.GetString()
        : audience.ValueKind is JsonValueKind.Array && audience.EnumerateArray().All(a => a.ValueKind is JsonValueKind.String)
            ? string.Join(' ', audience.EnumerateArray().Select(a => a.GetString()).Order(StringComparer.Ordinal))
        : throw Refused("claims-malformed", "The token's aud is neither a text nor a list of texts. Gateways would refuse it.");

    private static IssuanceRefusedException Refused(string reason, string why, Exception? inner = null) =>
        new(reason, $"Rekey's issuer does not sign: {why}", inner);
}
