using Rekey.Detections.Gaps;

namespace Rekey.Cli.Detections.Words;

/// <summary>Holes in issuers' logs, for people.</summary>
internal static class GapWords
{
    public static string InWords(this IssuanceGap gap)
    {
        if (gap.IssuerInstance == IssuanceGap.WholeIssuer)
        {
            return $"{gap.Iss}: its tokens are accepted, and not one issuance of it is in these logs. "
                + "They cannot be told from forged ones.";
        }

        var instance = gap.IssuerInstance.Length > 0 ? $"{gap.Iss}, instance {gap.IssuerInstance}" : gap.Iss;
        var missing = gap.Missing is { } lines ? $" {lines:N0} line(s) are missing by their numbers." : "";
        return gap.To is { } to
            ? $"{instance} logged nothing between {gap.From.UtcDateTime:u} and {to.UtcDateTime:u}.{missing}"
            : $"{instance} has logged nothing since {gap.From.UtcDateTime:u}.{missing}";
    }
}
