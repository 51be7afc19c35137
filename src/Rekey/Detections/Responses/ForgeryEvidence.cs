using Rekey.Detections.Campaigns;
using Rekey.Detections.Gaps;
using Rekey.Detections.Sweeps;
using Rekey.Rotations.Planning;

namespace Rekey.Detections.Responses;

/// <summary>The evidence of a campaign against one key.</summary>
/// <param name="Tokens">Distinct tokens that count for the grade.</param>
/// <param name="Why">The reason, in one sentence for the approver.</param>
public sealed record ForgeryEvidence(KnownVersion Version, ForgeryGrade Grade, int Tokens, string Why)
{
    /// <summary>The id of the cause. A higher grade is another cause; the same cause is never ordered twice.</summary>
    public string Cause => CauseOf(Version, Grade);

    /// <summary>The causes of lower grades, whose questions it supersedes.</summary>
    public IReadOnlyList<string> Supersedes => [.. Enum.GetValues<ForgeryGrade>().Where(g => g < Grade).Select(g => CauseOf(Version, g))];

    /// <summary>
    /// Weighs a campaign's tokens (T16). Proof that a key is stolen needs accepted tokens without an issuance. A governed key that was
    /// trusted for that issuer must verify their signature, and the issuer's log must have no gap at that time. Several distinct tokens
    /// rule out an accident. Pure.
    /// </summary>
    public static IReadOnlyList<ForgeryEvidence> Weigh(
        Verdict verdict,
        IEnumerable<TrackedToken> tokens,
        SweepWindows windows,
        KnownGaps gaps,
        int enough
    )
    {
        if (!verdict.IsForgery())
        {
            return [];
        }

        return
        [
            .. tokens
                .Where(t => t.Standing is TokenStanding.Raised)
                .Select(t =>
                    (
                        t.Token,
                        Version: VersionOf(t.Token, windows),
                        IsProof: verdict.IsProof() && !t.IsPastHold && IsProof(t, windows, gaps)
                    )
                )
                .Where(t => t.Version is not null)
                .GroupBy(t => t.Version!)
                .Select(g =>
                    Of(g.Key, g.Where(t => t.IsProof).Select(t => t.Token.Id).Distinct(StringComparer.Ordinal).Count(), g.Count(), enough)
                ),
        ];
    }

    private static ForgeryEvidence Of(KnownVersion version, int proofs, int all, int enough)
    {
        var name = $"{version.Key.Key.Id} (kid {version.Kid})";
        return version.IsEnded
                ? new(
                    version,
                    ForgeryGrade.Suspected,
                    all,
                    $"{all} tokens are signed with an ended version of {name}, but were not issued with it. An attacker who holds "
                        + "that version may hold the current one too."
                )
            : proofs >= enough
                ? new(
                    version,
                    ForgeryGrade.Proven,
                    proofs,
                    $"{proofs} accepted tokens have valid signatures of {name}, but their issuer never issued them, and its log has "
                        + "no gap at that time."
                )
            : proofs > 0
                ? new(
                    version,
                    ForgeryGrade.Likely,
                    proofs,
                    $"{proofs} accepted tokens have valid signatures of {name}, but their issuer never issued them. {enough} such "
                        + "tokens count as proof."
                )
            : new(
                version,
                ForgeryGrade.Suspected,
                all,
                $"{all} accepted tokens under {name} do not match an issuance. This is no proof: not all signatures are known to be "
                    + "verified, or the issuer's log is not reliable at that time."
            );
    }

    /// <summary>Finds the version by the key that verified the token; by kid only if gateways log no key. An invalid signature proves
    /// nothing about a key.</summary>
    private static KnownVersion? VersionOf(PresentedToken token, SweepWindows windows) =>
        token.SignatureVerified is false ? null
        : token.KeyThumbprint is { } thumbprint
            ? windows.Versions.FirstOrDefault(v => string.Equals(v.Thumbprint, thumbprint, StringComparison.Ordinal))
        : windows.Find(token.Iss, token.Kid);

    private static bool IsProof(TrackedToken tracked, SweepWindows windows, KnownGaps gaps) =>
        tracked.Token is { SignatureVerified: true } token
        && token.KeyThumbprint is { } thumbprint
        && windows.Versions.Any(v =>
            string.Equals(v.Thumbprint, thumbprint, StringComparison.Ordinal)
            && string.Equals(v.Key.Issuer.Issuer, token.Iss, StringComparison.Ordinal)
        )
        && !gaps.EverMayHide(tracked);

    private static string CauseOf(KnownVersion version, ForgeryGrade grade) =>
        RotationCause.Of(
            grade switch
            {
                ForgeryGrade.Proven => RotationCause.ProvenForgery,
                ForgeryGrade.Likely => RotationCause.LikelyForgery,
                _ => RotationCause.SuspectedForgery,
            },
            version.Thumbprint
        );
}
