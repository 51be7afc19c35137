using Rekey.Core;

namespace Rekey.Cli.Detections.Words;

/// <summary>Texts about issuers whose keys were not judged.</summary>
internal static class WindowWords
{
    private const int IssuersNamed = 5;

    /// <summary>One warning, if windows were given, but not for every issuer.</summary>
    public static IEnumerable<string> Of(SweepResult report)
    {
        if (report.Windows.Count == 0 || report.NotJudged.Count == 0)
        {
            yield break;
        }

        var known = report.Windows.Select(w => w.Iss).Distinct(StringComparer.Ordinal).ToList();
        var named = report.NotJudged.Take(IssuersNamed).Select(i => Named(i, known));
        var more = report.NotJudged.Count > IssuersNamed ? $", and {report.NotJudged.Count - IssuersNamed:N0} more" : "";
        yield return $"The keys of {report.NotJudged.Count:N0} issuer(s) were not judged (retired-key, verifier-lag), because "
            + $"--windows has no window of: {string.Join(", ", named)}{more}.";
    }

    private static string Named(string issuer, IReadOnlyList<string> known) =>
        NearestName.Of(issuer, known) is { } near ? $"{issuer} (it has '{near}': did you mean this one?)" : issuer;
}
