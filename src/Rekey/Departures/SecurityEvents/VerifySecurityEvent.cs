using System.Text.Json;
using Rekey.Core;
using Rekey.Trust.Jose;

namespace Rekey.Departures.SecurityEvents;

/// <summary>
/// Verifies a security event token: a configured transmitter, its key, an algorithm that fits the key, the audience and the age.
/// </summary>
public sealed class VerifySecurityEvent(ITransmitterKeys keys, DepartureOptions options, TimeProvider timeProvider)
{
    /// <summary>How old an event may be. A transmitter retries for days; replays are remembered for as long.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(7);

    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <exception cref="SecurityEventRefusedException">It can never be accepted.</exception>
    /// <exception cref="RetryLaterException">The transmitter's keys cannot be read now.</exception>
    public async Task<TransmitterOptions> VerifyAsync(SecurityEventToken token, CancellationToken cancellationToken)
    {
        // 1. The transmitter: only configured ones are ever asked for keys.
        var transmitter = options.Transmitters.FirstOrDefault(t => string.Equals(t.Issuer, token.Issuer, StringComparison.Ordinal))
            ?? throw new SecurityEventRefusedException(
                SecurityEventRefusedException.InvalidIssuer,
                "The issuer is not a configured transmitter."
            );

        // 2. The signature, before anything else is read. The algorithm must be known here and fit the key.
        if (!JwsAlgorithms.IsKnown(token.Algorithm) || token.Kid.Length is 0 or > 256)
        {
            throw new SecurityEventRefusedException(
                SecurityEventRefusedException.InvalidKey,
                "The algorithm is not accepted, or the token names no key."
            );
        }

        var found = await keys.FindAsync(new(transmitter.Issuer), token.Kid, cancellationToken);
        if (found.Count == 0)
        {
            throw new SecurityEventRefusedException(SecurityEventRefusedException.InvalidKey, "The transmitter has no such key.");
        }

        if (!found.Any(k => JwsSignature.Verify(k, token.Algorithm, token.SigningInput.Span, token.Signature.Span)))
        {
            throw new SecurityEventRefusedException(
                SecurityEventRefusedException.AuthenticationFailed,
                "The signature was not made with this key and algorithm."
            );
        }

        // 3. The claims.
        if (!IsFor(token.Claims, transmitter.Audience))
        {
            throw new SecurityEventRefusedException(
                SecurityEventRefusedException.InvalidAudience,
                "The audience is not the one of this transmitter's stream."
            );
        }

        CheckTimes(token.Claims);
        return transmitter;
    }

    private void CheckTimes(JsonElement claims)
    {
        // A token with sub or exp could pass for an access token elsewhere, or an access token for an event here.
        if (claims.TryGetProperty("sub", out _) || claims.TryGetProperty("exp", out _))
        {
            throw SecurityEventToken.Malformed("it has sub or exp");
        }

        if (SecurityEventToken.Text(claims, "jti").Length is 0 or > 256)
        {
            throw SecurityEventToken.Malformed("it has no jti");
        }

        var now = timeProvider.GetUtcNow();
        if (
            !claims.TryGetProperty("iat", out var at)
            || at.ValueKind is not JsonValueKind.Number
            || !at.TryGetInt64(out var seconds)
            || seconds < (now - MaxAge).ToUnixTimeSeconds()
            || seconds > (now + Skew).ToUnixTimeSeconds()
        )
        {
            throw SecurityEventToken.Malformed($"its iat is missing, in the future, or older than {MaxAge.TotalDays} days");
        }
    }

    private static bool IsFor(JsonElement claims, string audience) =>
        claims.TryGetProperty("aud", out var aud)
        && (
            aud.ValueKind is JsonValueKind.String
                ? aud.ValueEquals(audience)
                : aud.ValueKind is JsonValueKind.Array
                    && aud.EnumerateArray().Any(a => a.ValueKind is JsonValueKind.String && a.ValueEquals(audience))
        );
}
