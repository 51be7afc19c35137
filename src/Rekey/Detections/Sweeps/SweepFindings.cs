using Rekey.Blocking;
using Rekey.Core;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Gaps;
using Rekey.Findings;

namespace Rekey.Detections.Sweeps;

/// <summary>The findings of sweeps. They go to other systems, so they hold counts, times, governed issuers and kids, but no personal data
/// and no text that a forger chose.</summary>
internal static class SweepFindings
{
    /// <param name="keys">The responses to the keys that signed them, such as <c>forgery/{thumbprint}: Enforce</c>.</param>
    public static Finding Campaign(TokenCampaign campaign, Detection? detection, DamageAssessment damage, IEnumerable<string> keys)
    {
        var least = damage.AreLeast ? "At least " : "";
        return new(
            campaign.FindingKind,
            campaign.About,
            detection?.SeverityOf(campaign.Verdict) ?? Severity.High,
            $"{least}{damage.Tokens} tokens of {campaign.About}: {campaign.Verdict.Meaning()}.",
            $"{campaign.Verdict.Remedy()} `rekey findings show {campaign.FindingId}` has the damage.",
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
            instance.IsUnknown ? "The query for gaps in the issuers' logs did not finish, so Rekey does not know the gaps since then."
                : instance.IsWholeIssuer ? $"Gateways accept tokens of {instance.Iss}, but the logs contain none of its issuances."
                : instance.IsFile ? $"A log file with issuances of {instance.Iss} cannot be read in full: {instance.IssuerInstance}."
                : open.Any(g => g.IsSilence) ? $"{instance.About} has stopped logging the tokens that it issues."
                : $"Lines are missing in the log of {instance.About}.",
            (
                instance.IsUnknown
                    ? "The log of the sweep says why the query did not finish. Raise LogAnalytics:QueryTimeout or lower "
                        + "LogAnalytics:MaxWindow. "
                : instance.IsFile ? "Replace the file with a complete one. Do not only delete it: its issuances are needed. "
                : "Repair the issuer's log, and deliver the missing lines. "
            ) + "Until then Rekey cannot tell legitimate tokens of these times from forged ones, and holds them back.",
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
            $"{withdrawn} tokens of {campaign.About} were judged '{campaign.Verdict.Code()}' but are legitimate.",
            "Their issuances arrived late. Check why the issuer's log lags, or raise Sweeps:SettleTime.",
            Facts.Of(("campaign", campaign.Id), ("verdict", campaign.Verdict.Code()), ("withdrawn", $"{withdrawn}")),
            now,
            now
        );

    public static Finding HoldExpired(TokenCampaign campaign, int pastHold, TimeSpan deadline, DateTimeOffset now) =>
        new(
            FindingKinds.HoldExpired,
            campaign.About,
            Severity.High,
            $"{pastHold} tokens of {campaign.About} were held back for {deadline} because of a gap in the issuer's log "
                + "or an incomplete read of it. No issuance has arrived.",
            "Rekey reports them now, and blocks them only after approval. Investigate the gap: the tokens were issued in it, or "
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
            $"{tokens} tokens of {campaign.About} may have been issued: the sweep did not read every file that may contain "
                + "their issuances.",
            "Rekey holds them back, then reports them, and blocks them only after approval. If a finding issuance-gap names a file that "
                + "cannot be read, replace that file. Otherwise raise LogFolder:MaxLookUpBytes, or move old issuance files out of the "
                + "folder. The log of the sweep names the files that it skipped.",
            Facts.Of(("campaign", campaign.Id), ("verdict", campaign.Verdict.Code()), ("tokens", $"{tokens}")),
            firstSeen,
            lastSeen
        );

    public static Finding NotBlockable(TokenCampaign campaign, int tokens, DateTimeOffset firstSeen, DateTimeOffset lastSeen) =>
        new(
            FindingKinds.TokensNotBlockable,
            NotBlockableAbout(campaign),
            Severity.High,
            $"Rekey cannot block {tokens} tokens of {campaign.About} with the verdict '{campaign.Verdict.Code()}': the logs have no "
                + $"hash of their signing input, and their jti is missing or longer than {BlockEntry.MaxText} characters.",
            "Gateways may accept them until they expire. Rotate their key, which stops all of its tokens: approve the rotation "
                + "(`rekey decisions list`), or report a departure that names the key (`rekey departures report`). Configure the gateways "
                + "to log SigningInputSha256, so that Rekey can block every token.",
            Facts.Of(("campaign", campaign.Id), ("verdict", campaign.Verdict.Code()), ("kid", campaign.Kid ?? ""), ("tokens", $"{tokens}")),
            firstSeen,
            lastSeen
        );

    /// <summary>The subject of that finding. Another campaign of the same kid has its own.</summary>
    public static string NotBlockableAbout(TokenCampaign campaign) => $"{campaign.About}, {campaign.Verdict.Code()}";

    public static Finding Lost(TokenCampaign campaign, int rows, DateTimeOffset since, DateTimeOffset now) =>
        new(
            FindingKinds.TokensLost,
            campaign.About,
            Severity.High,
            $"Rows with tokens of {campaign.About} were deleted or altered.",
            "Check who can write to the tables of the state account. Rekey searches the logs since then again. It cannot "
                + "recover tokens that the logs no longer contain, so their absence proves nothing.",
            Facts.Of(("campaign", campaign.Id), ("rows", $"{rows}"), ("since", since.ToString("O"))),
            now,
            now
        );

    public static Finding BadLines(string environment, long lines, DateTimeOffset now) =>
        new(
            FindingKinds.LogLinesUnreadable,
            environment,
            Severity.Medium,
            $"{lines} lines of token logs could not be read, or only in part.",
            "They are in quarantine. What could not be read may hide forged tokens. Compare them with the views' columns and the mapping.",
            Facts.Of(("lines", $"{lines}")),
            now,
            now
        )
        {
            Milestone = $"{System.Numerics.BitOperations.Log2((ulong)lines)}",
        };
}
