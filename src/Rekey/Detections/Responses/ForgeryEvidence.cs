using Rekey.Detections.Campaigns;
using Rekey.Detections.Gaps;
using Rekey.Detections.Sweeps;

namespace Rekey.Detections.Responses;

/// <summary>What a campaign says about one key.</summary>
/// <param name="Tokens">Distinct tokens that count for the grade.</param>
/// <param name="Why">A plain sentence for the approver.</param>
public sealed record ForgeryEvidence(KnownVersion Version, ForgeryGrade Grade, int Tokens, string Why)
{
    /// <summary>Names it: what is more certain is another cause, and the same is never ordered twice.</summary>
    public string Cause => CauseOf(Version, Grade);

    /// <summary>The causes whose questions it answers.</summary>
    public IReadOnlyList<string> Supersedes => [.. Enum.GetValues<ForgeryGrade>().Where(g => g < Grade).Select(g => CauseOf(Version, g))];

    /// <summary>
    /// Weighs a campaign's tokens (T16): only accepted tokens that are no issuance, whose signature was verified with a governed key that
    /// was once trusted for that issuer, at a time at which the issuer's log had no gap, prove that the key is in other hands; several
    /// distinct ones, that it was no accident. Pure.
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
                        IsProof: verdict is Verdict.Unissued && !t.IsPastHold && IsProof(t, windows, gaps)
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
                    $"{all} tokens were signed with a version of {name} that nobody issued them with. Its trust has ended already; "
                        + "whoever held it may hold the present version too."
                )
            : proofs >= enough
                ? new(
                    version,
                    ForgeryGrade.Proven,
                    proofs,
                    $"{proofs} accepted tokens bear valid signatures of {name}, and their issuer, whose log has no gap there, never "
                        + "issued them."
                )
            : proofs > 0
                ? new(
                    version,
                    ForgeryGrade.Likely,
                    proofs,
                    $"{proofs} accepted tokens bear valid signatures of {name}, and their issuer never issued them; {enough} would "
                        + "be proof."
                )
            : new(
                version,
                ForgeryGrade.Suspected,
                all,
                $"{all} accepted tokens under {name} were not issued as they are; their signatures were not all said to be "
                    + "verified, or the issuer's log cannot be relied on there."
            );
    }

    /// <summary>By the key that verified it; by kid only where gateways do not say. A signature that was found wrong says nothing about a
    /// key.</summary>
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
        grade switch
        {
            ForgeryGrade.Proven => $"forgery/{version.Thumbprint}",
            ForgeryGrade.Likely => $"forgery-likely/{version.Thumbprint}",
            _ => $"forgery-suspected/{version.Thumbprint}",
        };
}
