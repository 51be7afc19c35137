using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Rekey.AspNetCore.Documents;
using Rekey.AspNetCore.Monitoring;
using Rekey.Blocking;
using Rekey.Trust;

namespace Rekey.AspNetCore.Tokens;

/// <summary>
/// Validates tokens for the bearer handler by Rekey's lists alone. The claims of an accepted token are made as the standard handler makes
/// them.
/// </summary>
internal sealed class GatewayTokenHandler(GatewayDocuments documents, GatewayMetrics metrics, TimeProvider timeProvider)
    : JsonWebTokenHandler
{
    public override Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        // 1. The lists; without valid ones the gateway is closed.
        var now = timeProvider.GetUtcNow();
        if (documents.Current(now, out var closed) is not { } lists)
        {
            return Task.FromResult(Refuse(token, closed!));
        }

        // 2. A token that was accepted under them before.
        var hash = TokenHash.Of(token);
        if (lists.Find(hash, now) is { } again)
        {
            return Task.FromResult(Accept(again));
        }

        // 3. The judgement.
        var verdict = lists.Judge(token, now, out var facts);
        if (!verdict.Active)
        {
            return Task.FromResult(Refuse(token, verdict.Refusal!));
        }

        try
        {
            var accepted = Read(token, verdict, facts!, validationParameters);
            lists.Remember(hash, accepted);
            return Task.FromResult(Accept(accepted));
        }
        catch (Exception e) when (e is ArgumentException or FormatException or JsonException or SecurityTokenException)
        {
            return Task.FromResult(Refuse(token, RefusalReasons.Unreadable));
        }
    }

    public override Task<TokenValidationResult> ValidateTokenAsync(SecurityToken token, TokenValidationParameters validationParameters) =>
        ValidateTokenAsync(((JsonWebToken)token).EncodedToken, validationParameters);

    private AcceptedToken Read(string token, TokenVerdict verdict, TokenFacts facts, TokenValidationParameters validationParameters)
    {
        var claims = verdict.Claims!.Value;
        var accepted = new AcceptedToken(token, facts, verdict.Entry!.Thumbprint)
        {
            AudienceText = AudiencesOf(claims),
            ExpiresAt = DateTimeOffset.UnixEpoch.AddSeconds(claims.GetProperty("exp"u8).GetDouble()),
            HoldsFrom = verdict.HoldsFrom,
            HoldsUntil = verdict.HoldsUntil,
        };
        accepted.Claimed = CreateClaimsIdentity(accepted, validationParameters, facts.Issuer);
        return accepted;
    }

    private TokenValidationResult Accept(AcceptedToken accepted)
    {
        metrics.Accepted();
        return new()
        {
            IsValid = true,
            SecurityToken = accepted,
            ClaimsIdentity = accepted.Claimed!.Clone(),
        };
    }

    private static TokenValidationResult Refuse(string token, string reason) =>
        new() { IsValid = false, Exception = new RefusedTokenException(reason, ClaimedToken.Read(token)) };

    private static string AudiencesOf(JsonElement claims)
    {
        var audience = claims.GetProperty("aud"u8);
        return audience.ValueKind is JsonValueKind.String
            ? audience.GetString()!
            : string.Join(' ', audience.EnumerateArray().Select(a => a.GetString()).Order(StringComparer.Ordinal));
    }
}
