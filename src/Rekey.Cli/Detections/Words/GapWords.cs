using Rekey.Detections.Gaps;

namespace Rekey.Cli.Detections.Words;

/// <summary>Texts about gaps in issuers' logs.</summary>
internal static class GapWords
{
    /// <summary>The gap in words, and what it means for verdicts.</summary>
    public static string AsWarning(this IssuanceGap gap) => $"{gap.InWords()} Unissued tokens of that time may have been issued.";

    public static string InWords(this IssuanceGap gap)
    {
        if (gap.IssuerInstance == IssuanceGap.WholeIssuer)
        {
            return $"{gap.Iss}: gateways accept its tokens, but these logs contain no issuance of it. Its legitimate tokens look like "
                + "forged ones: add its log to --issued.";
        }

        if (IssuanceGap.IsFile(gap.IssuerInstance))
        {
            return $"{gap.Iss}: its {gap.IssuerInstance} cannot be read in full"
                + $"{(gap.From > DateTimeOffset.UnixEpoch ? $", from {gap.From.UtcDateTime:u} on" : "")}.";
        }

        var instance = gap.IssuerInstance.Length > 0 ? $"{gap.Iss}, instance {gap.IssuerInstance}" : gap.Iss;
        var missing = gap.Missing is { } lines ? $" {lines:N0} line(s) are missing, by sequence number." : "";
        return gap.To is { } to
            ? $"{instance} logged nothing between {gap.From.UtcDateTime:u} and {to.UtcDateTime:u}.{missing}"
            : $"{instance} has logged nothing since {gap.From.UtcDateTime:u}.{missing}";
    }
}
