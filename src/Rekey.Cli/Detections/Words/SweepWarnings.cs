namespace Rekey.Cli.Detections.Words;

/// <summary>Everything that qualifies the result of a sweep, for every output format.</summary>
internal static class SweepWarnings
{
    /// <summary>What was not read, gaps in issuers' logs, keys that were not judged, and hints at mistakes in the input.</summary>
    public static IReadOnlyList<string> Of(SweepResult report) =>
        [
            .. report.Readings.SelectMany(r => r.InWords()),
            .. report.Gaps.Select(g => g.AsWarning()),
            .. WindowWords.Of(report),
            .. SweepHints.Of(report),
        ];
}
