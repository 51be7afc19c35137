using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Rekey.Local.Identity;

/// <summary>
/// Checks signature, issuer, audience and lifetime as a resource of the tenant does. No clock skew is forgiven, so that a test sees the
/// exact second at which a token ends.
/// </summary>
public sealed class TokenValidator
{
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly TokenMint _mint;
    private readonly TimeProvider _timeProvider;

    internal TokenValidator(TokenMint mint, TimeProvider timeProvider)
    {
        _mint = mint;
        _timeProvider = timeProvider;
    }

    /// <summary>Validates the value of an Authorization header.</summary>
    public async Task<CallerVerdict> ValidateHeaderAsync(string? authorization, string audience)
    {
        const string Scheme = "Bearer ";
        if (
            authorization is null
            || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || authorization.Length == Scheme.Length
        )
        {
            return new CallerVerdict(null, TokenFlaw.Missing);
        }

        return await ValidateAsync(authorization[Scheme.Length..].Trim(), audience);
    }

    /// <summary>Validates a token for an audience; a trailing slash on either side does not matter.</summary>
    public async Task<CallerVerdict> ValidateAsync(string token, string audience)
    {
        var plain = audience.TrimEnd('/');
        var result = await _handler.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                ValidIssuer = _mint.Issuer,
                ValidAudiences = [plain, plain + "/"],
                IssuerSigningKey = _mint.PublicKey,
                ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
                LifetimeValidator = IsWithinLifetime,
            }
        );
        if (!result.IsValid)
        {
            return new CallerVerdict(null, FlawOf(result.Exception));
        }

        var jwt = (JsonWebToken)result.SecurityToken;
        var roles = jwt.Claims.Where(c => c.Type == "roles").Select(c => c.Value).ToHashSet(StringComparer.Ordinal);
        return new CallerVerdict(new Caller(jwt.GetClaim("oid").Value, jwt.GetClaim("appid").Value, jwt.Issuer, roles), TokenFlaw.None);
    }

    private static TokenFlaw FlawOf(Exception? exception) =>
        exception switch
        {
            SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException or SecurityTokenNotYetValidException =>
                TokenFlaw.Expired,
            SecurityTokenInvalidAudienceException => TokenFlaw.WrongAudience,
            SecurityTokenInvalidIssuerException => TokenFlaw.WrongIssuer,
            _ => TokenFlaw.Untrusted,
        };

    private bool IsWithinLifetime(DateTime? from, DateTime? until, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = _timeProvider.GetUtcNow().UtcDateTime;
        return from <= now && now < until;
    }
}
