using Rekey.Core;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Gaps;
using Rekey.Findings;

namespace Rekey.Detections.Sweeps;

/// <summary>The findings that sweeps raise. They leave the house: counts, times, issuers and kids of ours, and nothing that belongs to a
/// person or was made up by a forger.</summary>
internal static class SweepFindings
{
    /// <param name="keys">What becomes of the keys that signed them, such as <c>forgery/{thumbprint}: Enforce</c>.</param>
    public static Finding Campaign(TokenCampaign campaign, Detection? detection, DamageAssessment damage, IEnumerable<string> keys)
    {
        var least = damage.AreLeast ? "at least " : "";
        return new(
            campaign.FindingKind,
            campaign.About,
            detection?.SeverityOf(campaign.Verdict) ?? Severity.High,
            $"{Sentence(campaign.Verdict)}: {least}{damage.Tokens} of {campaign.About}.",
            Remedy(campaign.Verdict),
            Facts.Of(
                ("campaign", campaign.Id),
                ("verdict", campaign.Verdict.Code()),
                ("issuer", campaign.Iss ?? ""),
                ("kid", campaign.Kid ?? ""),
                ("detection", campaign.DetectionId),
                ("attack", detection?.Attack ?? ""),
                ("tokens", $"{damage.Tokens}"),
                ("accesses", $"{damage.Accesses}"),
                ("subjects", $"{damage.Subjects}"),
                ("addresses", $"{damage.Addresses}"),
                ("networks", $"{damage.Networks}"),
                ("issuers", $"{damage.Issuers}"),
                ("firstUse", damage.FirstUse!.Value.ToString("O")),
                ("lastUse", damage.LastUse!.Value.ToString("O")),
                ("daysExposed", $"{damage.DaysExposed}"),
                ("blocked", $"{damage.Blocked}"),
                ("held", $"{damage.Held}"),
                ("mayBeExplainedByGap", $"{damage.PastHold}"),
                ("withdrawn", $"{damage.Withdrawn}"),
                ("numbersAre", damage.AreLeast ? "least" : "exact"),
                ("keys", string.Join("; ", keys))
            ),
            damage.FirstUse.Value,
            damage.LastUse.Value
        )
        {
            Milestone = $"{System.Numerics.BitOperations.Log2((uint)damage.Tokens)}",
        };
    }

    public static Finding Gap(InstanceGaps instance, IReadOnlyList<TrackedGap> open) =>
        new(
            FindingKinds.IssuanceGap,
            instance.About,
            Severity.High,
            instance.IsWholeIssuer ? $"Tokens of {instance.Iss} are accepted, and nothing is logged of what it issues."
                : open.Any(g => g.IsSilence) ? $"{instance.About} has stopped logging the tokens that it issues."
                : $"Lines are missing in what {instance.About} logged.",
            "Mend the issuer's log and let it deliver what is missing: tokens of these times cannot be told from forged "
                + "ones, and are held back meanwhile.",
            Facts.Of(
                ("issuer", instance.Iss),
                ("instance", instance.IssuerInstance),
                ("gaps", $"{open.Count}"),
                ("from", open[0].From.ToString("O")),
                ("to", open[^1].To?.ToString("O") ?? ""),
                ("missing", open.Any(g => g.Missing is null) ? "" : $"{open.Sum(g => g.Missing)}")
            ),
            open[0].From,
            open.Max(g => g.FoundAt)
        );

    public static Finding Withdrawn(TokenCampaign campaign, int withdrawn, DateTimeOffset now) =>
        new(
            FindingKinds.TokensWithdrawn,
            campaign.About,
            Severity.Low,
            $"{withdrawn} tokens of {campaign.About} were judged '{campaign.Verdict.Code()}' and turned out to be honest.",
            "Their issuances arrived late. See why the issuer's log lags, or lengthen Sweeps:SettleTime.",
            Facts.Of(("campaign", campaign.Id), ("verdict", campaign.Verdict.Code()), ("withdrawn", $"{withdrawn}")),
            now,
            now
        );

    public static Finding HoldExpired(TokenCampaign campaign, int pastHold, TimeSpan deadline, DateTimeOffset now) =>
        new(
            FindingKinds.HoldExpired,
            campaign.About,
            Severity.High,
            $"{pastHold} tokens of {campaign.About} were held back for {deadline} because of a gap in the issuer's log or "
                + "in what is read of it, and no issuance has come.",
            "They are raised now, and blocked only by decision. Look into the gap: the tokens were either issued there or "
                + "forged under its cover.",
            Facts.Of(("campaign", campaign.Id), ("tokens", $"{pastHold}"), ("deadline", $"{deadline}")),
            now,
            now
        );

    public static Finding LookUp(TokenCampaign campaign, int tokens, DateTimeOffset firstSeen, DateTimeOffset lastSeen) =>
        new(
            FindingKinds.LookUpIncomplete,
            campaign.About,
            Severity.Medium,
            $"{tokens} tokens of {campaign.About} were accepted long after they can have expired, and not everything was "
                + "read in which their issuances may be.",
            "They are held back, then raised, and blocked only by decision. Raise LogFolder:MaxLookUpBytes, or move "
                + "issuance files that are not needed any more out of the folder; the log of the sweep names those that were "
                + "left out.",
            Facts.Of(("campaign", campaign.Id), ("verdict", campaign.Verdict.Code()), ("tokens", $"{tokens}")),
            firstSeen,
            lastSeen
        );

    public static Finding Lost(TokenCampaign campaign, int rows, DateTimeOffset since, DateTimeOffset now) =>
        new(
            FindingKinds.TokensLost,
            campaign.About,
            Severity.High,
            $"Rows with tokens of {campaign.About} were deleted or altered.",
            "See who can write to the tables of the state account. The tokens are looked for again in the logs since then; "
                + "what the logs no longer hold is not found again, and proves nothing.",
            Facts.Of(("campaign", campaign.Id), ("rows", $"{rows}"), ("since", since.ToString("O"))),
            now,
            now
        );

    public static Finding BadLines(string environment, long lines, DateTimeOffset now) =>
        new(
            FindingKinds.LogLinesUnreadable,
            environment,
            Severity.Medium,
            $"{lines} lines of token logs could not be read.",
            "They are in quarantine and were not judged. Compare them with the views' columns and the mapping.",
            Facts.Of(("lines", $"{lines}")),
            now,
            now
        )
        {
            Milestone = $"{System.Numerics.BitOperations.Log2((ulong)lines)}",
        };

    private static string Sentence(Verdict verdict) =>
        verdict switch
        {
            Verdict.Unissued => "Tokens were accepted that the issuer never issued",
            Verdict.Altered => "Tokens were accepted with another content than the issuer gave them",
            Verdict.OutOfWindow => "Tokens were accepted before or after their time",
            Verdict.RetiredKey => "Tokens were accepted under a key that was not trusted",
            Verdict.VerifierLag => "Honest tokens were accepted after the trust in their key had ended",
            Verdict.Unidentified => "Tokens without an id were accepted",
            _ => "Tokens were used from more places than one holder has",
        };

    private static string Remedy(Verdict verdict) =>
        verdict switch
        {
            Verdict.Unissued or Verdict.Altered =>
                "Somebody can make tokens. See that the key is rotated, and read the damage assessment with the finding.",
            Verdict.OutOfWindow => "See how the gateways check times, and whether their clocks are right.",
            Verdict.RetiredKey => "See which gateways do not follow the trust list.",
            Verdict.VerifierLag => "Nothing, if it ends within the time that verifiers may cache.",
            Verdict.Unidentified => "Let the issuer put a jti into every token: without one it cannot be told whether it was issued.",
            _ => "The tokens were passed on or stolen: read the damage assessment, and decide whether to block them.",
        };
}
