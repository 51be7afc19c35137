using Rekey.Blocking;
using Rekey.Blocking.Proposals;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Sweeps;
using Rekey.Trust;

namespace Rekey.Detections.Responses;

/// <summary>Decides which of a campaign's tokens may be blocked, and which need approval (T17, T19). Pure.</summary>
public sealed class TokenBlocks(BlockingOptions blocking, TrustOptions trust)
{
    /// <summary>Whether nothing is decided about the token yet.</summary>
    public static bool IsOpen(TrackedToken token) => token is { Standing: TokenStanding.Raised, Block: null };

    /// <summary>
    /// Whether the campaign's tokens may be blocked at all: its live detection decides. Never legitimate ones.
    /// </summary>
    public static bool IsMatter(Verdict verdict, Detection? detection) =>
        !verdict.IsLegitimate() && detection is { IsLive: true, Response: DetectionResponse.Ask or DetectionResponse.Block };

    /// <summary>Whether a token needs no approval: its verdict is proof. A token that a gap may explain always needs approval.</summary>
    public static bool IsAutomatic(Verdict verdict, Detection? detection, TrackedToken token) =>
        verdict.IsProof() && detection is { IsLive: true, Response: DetectionResponse.Block } && !token.IsPastHold;

    /// <summary>Returns the entries that the policy blocks without approval, of tokens without an entry, with their expiry.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Automatic(
        TokenCampaign campaign,
        IReadOnlyCollection<TrackedToken> tokens,
        Detection? detection,
        SweepWindows windows,
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

    /// <summary>Returns the blocklist entry of a token; null if the token has no identifier. It prefers the hash, which no other token
    /// shares.</summary>
    /// <param name="expiresAt">The expiry; null for the longest time that the token may be accepted.</param>
    public BlockEntry? EntryOf(TokenCampaign campaign, TrackedToken tracked, SweepWindows windows, DateTimeOffset? expiresAt = null)
    {
        var token = tracked.Token;
        var named =
            token.SigningInputSha256 is { } hash && BlockRules.IsHash(hash) ? (BlockKind.SigningInput, hash)
            : token.Jti is { Length: > 0 and <= BlockEntry.MaxText } jti ? (BlockKind.Token, jti)
            : ((BlockKind Kind, string Value)?)null;
        var expiry = expiresAt ?? ExpiryOf(tracked, windows);
        return named is { } n && token.Iss.Length is > 0 and <= BlockEntry.MaxText && !(token.Kid?.Length > BlockEntry.MaxText)
            ? new(n.Kind, token.Iss, n.Value, IssuedBefore: null, expiry, campaign.Verdict.Code(), campaign.FindingId) { Kid = token.Kid }
            : null;
    }

    /// <summary>Whether a token should be refused, can still be accepted, and no entry can name it.</summary>
    public bool IsNotBlockable(
        TokenCampaign campaign,
        TrackedToken tracked,
        Detection? detection,
        SweepWindows windows,
        DateTimeOffset now
    ) =>
        IsMatter(campaign.Verdict, detection)
        && tracked.Standing is TokenStanding.Raised
        && EntryOf(campaign, tracked, windows) is null
        && ExpiryOf(tracked, windows) > now;

    private DateTimeOffset ExpiryOf(TrackedToken tracked, SweepWindows windows) =>
        BlockPolicy.Expiry(tracked.Token.ExpiresAt, tracked.LastSeen, windows.TrustedUntil(tracked.Token.Iss, tracked.Token.Kid), trust);

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
