using Rekey.Blocking;
using Rekey.Blocking.Proposals;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Sweeps;
using Rekey.Trust;

namespace Rekey.Detections.Responses;

/// <summary>Which of a campaign's tokens may be blocked, and how far without a question (T17, T19). Pure.</summary>
internal static class TokenBlocks
{
    /// <summary>
    /// Whether blocking is a matter at all: what the detection says, as long as it is live; but <c>verifier-lag</c> is honest, and never.
    /// </summary>
    public static bool IsMatter(Verdict verdict, Detection? detection) =>
        verdict is not Verdict.VerifierLag && detection is { IsLive: true, Response: DetectionResponse.Ask or DetectionResponse.Block };

    /// <summary>Whether a token needs no question: nobody issued it. What a gap may still explain is never blocked unasked.</summary>
    public static bool IsAutomatic(Verdict verdict, Detection? detection, TrackedToken token) =>
        verdict is Verdict.Unissued && detection is { IsLive: true, Response: DetectionResponse.Block } && !token.IsPastHold;

    /// <summary>The entry ids that the policy lists by itself, of tokens that are not listed yet, with their expiry.</summary>
    public static IReadOnlyDictionary<string, DateTimeOffset> Automatic(
        TokenCampaign campaign,
        IReadOnlyCollection<TrackedToken> tokens,
        Detection? detection,
        SweepWindows windows,
        BlockingOptions blocking,
        TrustOptions trust,
        DateTimeOffset now
    )
    {
        var listed = tokens
            .Where(t => t is { Standing: TokenStanding.Raised } && t.Block?.ExpiresAt > now)
            .ToLookup(t => (t.Token.Iss, t.Token.Kid));
        var found = tokens
            .Where(t => t is { Standing: TokenStanding.Raised, Block: null } && IsAutomatic(campaign.Verdict, detection, t))
            .Select(t => CandidateOf(campaign, t))
            .ToList();
        var plan = BlockPolicy.Plan(
            found,
            (iss, kid) => new(windows.Find(iss, kid)?.IsEnded ?? false, windows.TrustedUntil(iss, kid), listed[(iss, kid)].Count()),
            blocking,
            trust,
            now
        );
        return plan.Add.ToDictionary(e => e.Id, e => e.ExpiresAt, StringComparer.Ordinal);
    }

    /// <summary>The entry for a token, whoever decides on it; null when nothing names it. By hash where there is one: nobody else's token
    /// has it.</summary>
    /// <param name="expiresAt">Null for as long as the token may be accepted.</param>
    public static BlockEntry? EntryOf(
        TokenCampaign campaign,
        TrackedToken tracked,
        SweepWindows windows,
        TrustOptions trust,
        DateTimeOffset? expiresAt = null
    )
    {
        var token = tracked.Token;
        var named =
            token.SigningInputSha256 is { } hash && BlockRules.IsHash(hash) ? (BlockKind.SigningInput, hash)
            : token.Jti is { Length: > 0 and <= BlockEntry.MaxText } jti ? (BlockKind.Token, jti)
            : ((BlockKind Kind, string Value)?)null;
        var expiry = expiresAt ?? BlockPolicy.Expiry(token.ExpiresAt, tracked.LastSeen, windows.TrustedUntil(token.Iss, token.Kid), trust);
        return named is { } n && token.Iss.Length is > 0 and <= BlockEntry.MaxText && !(token.Kid?.Length > BlockEntry.MaxText)
            ? new(n.Kind, token.Iss, n.Value, IssuedBefore: null, expiry, campaign.Verdict.Code(), campaign.FindingId) { Kid = token.Kid }
            : null;
    }

    private static BlockCandidate CandidateOf(TokenCampaign campaign, TrackedToken t) =>
        new(
            t.Token.Iss,
            t.Token.Jti,
            t.Token.Kid,
            t.Token.SigningInputSha256,
            t.Token.ExpiresAt,
            t.LastSeen,
            campaign.Verdict.Code(),
            campaign.FindingId
        );
}
