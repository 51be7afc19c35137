using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Rekey.Local.Identity;

/// <summary>Why a bearer token was refused.</summary>
public enum TokenFlaw
{
    /// <summary>The token is good.</summary>
    None,

    /// <summary>There is no bearer token.</summary>
    Missing,

    /// <summary>Not a token, not ours, or changed after signing.</summary>
    Untrusted,

    /// <summary>Made by another issuer.</summary>
    WrongIssuer,

    /// <summary>Made for another resource.</summary>
    WrongAudience,

    /// <summary>Its time is over, or has not come.</summary>
    Expired,
}

/// <summary>Who calls, as far as a validated token says.</summary>
/// <param name="ObjectId">The claim <c>oid</c>.</param>
/// <param name="AppId">The claim <c>appid</c>.</param>
/// <param name="Issuer">The claim <c>iss</c>.</param>
/// <param name="Roles">App roles on this audience.</param>
public sealed record Caller(string ObjectId, string AppId, string Issuer, IReadOnlySet<string> Roles);

/// <summary>The outcome of a validation: a caller, or what is wrong.</summary>
public sealed record TokenVerdict(Caller? Caller, TokenFlaw Flaw);

/// <summary>
/// Checks signature, issuer, audience and lifetime as a resource of the tenant does. No clock skew is forgiven, so that a
/// test sees the exact second at which a token ends.
/// </summary>
public sealed class TokenValidator
{
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly TokenMint _mint;
    private readonly TimeProvider _time;

    internal TokenValidator(TokenMint mint, TimeProvider time)
    {
        _mint = mint;
        _time = time;
    }

    /// <summary>Validates the value of an Authorization header.</summary>
    public async Task<TokenVerdict> ValidateHeaderAsync(string? authorization, string audience)
    {
        const string Scheme = "Bearer ";
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || authorization.Length == Scheme.Length)
        {
            return new TokenVerdict(null, TokenFlaw.Missing);
        }

        return await ValidateAsync(authorization[Scheme.Length..].Trim(), audience);
    }

    /// <summary>Validates a token for an audience; a trailing slash on either side does not matter.</summary>
    public async Task<TokenVerdict> ValidateAsync(string token, string audience)
    {
        var plain = audience.TrimEnd('/');
        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = _mint.Issuer,
            ValidAudiences = [plain, plain + "/"],
            IssuerSigningKey = _mint.PublicKey,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            LifetimeValidator = IsWithinLifetime,
        });
        if (!result.IsValid)
        {
            return new TokenVerdict(null, FlawOf(result.Exception));
        }

        var jwt = (JsonWebToken)result.SecurityToken;
        var roles = jwt.Claims.Where(c => c.Type == "roles").Select(c => c.Value).ToHashSet(StringComparer.Ordinal);
        return new TokenVerdict(new Caller(jwt.GetClaim("oid").Value, jwt.GetClaim("appid").Value, jwt.Issuer, roles), TokenFlaw.None);
    }

    private static TokenFlaw FlawOf(Exception? exception) => exception switch
    {
        SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException or SecurityTokenNotYetValidException => TokenFlaw.Expired,
        SecurityTokenInvalidAudienceException => TokenFlaw.WrongAudience,
        SecurityTokenInvalidIssuerException => TokenFlaw.WrongIssuer,
        _ => TokenFlaw.Untrusted,
    };

    private bool IsWithinLifetime(DateTime? from, DateTime? until, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return from <= now && now < until;
    }
}
