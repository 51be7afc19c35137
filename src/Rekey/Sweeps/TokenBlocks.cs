using Rekey.Blocking;
using Rekey.Trust;

namespace Rekey.Sweeps;

/// <summary>Which tokens may be blocked, and how far without a question (T17, T19). Pure.</summary>
public static class TokenBlocks
{
    /// <summary>
    /// Whether blocking this token is a matter at all. <c>verifier-lag</c> is honest; under <c>retired-key</c> gateways refuse already what the trust list
    /// does not vouch for.
    /// </summary>
    public static bool IsMatter(Verdict verdict, Detection? detection) =>
        verdict is not (Verdict.VerifierLag or Verdict.RetiredKey) && detection is { Response: DetectionResponse.Ask or DetectionResponse.Block };

    /// <summary>
    /// Whether it needs no question: only (iss, jti) that nobody issued can name no honest token. What a gap may explain is never blocked unasked.
    /// </summary>
    public static bool IsAutomatic(Verdict verdict, Detection? detection, TrackedToken token) =>
        verdict is Verdict.Unissued && detection is { Response: DetectionResponse.Block } && !token.IsPastHold;

    /// <summary>The entry; null when nothing names the token.</summary>
    public static BlockEntry? EntryOf(TrackedToken tracked, Verdict verdict, string findingId, DateTimeOffset? trustedUntil, TrustOptions trust)
    {
        var token = tracked.Token;
        var named = token.SigningInputSha256 is { Length: 64 } hash ? (BlockKind.SigningInput, hash)
            : token.Jti is { Length: > 0 } jti ? (BlockKind.Token, jti)
            : ((BlockKind Kind, string Value)?)null;
        var until = tracked.FinalAt(trust.MaxTokenLifetime, TimeSpan.Zero);
        return named is { } n
            ? new(n.Kind, token.Iss, n.Value, IssuedBefore: null, (trustedUntil < until ? trustedUntil.Value : until) + trust.ClockSkew, verdict.Code(), findingId)
            : null;
    }
}
