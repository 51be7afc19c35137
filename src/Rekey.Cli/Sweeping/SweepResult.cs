using Rekey.DuckDb;
using Rekey.Sweeps;

namespace Rekey.Cli.Sweeping;

/// <summary>What one sweep of files came to.</summary>
/// <param name="Issued">The paths as they were given.</param>
/// <param name="Readings">What was read of either stream, and what could not be.</param>
/// <param name="Gaps">Holes in issuers' logs: what is unissued may have been issued inside one.</param>
/// <param name="HasWindows">Whether keys could be judged.</param>
internal sealed record SweepResult(IReadOnlyList<string> Issued, IReadOnlyList<string> Access, long Issuances, long Accesses, IReadOnlyList<StreamReading> Readings, IReadOnlyList<IssuanceGap> Gaps,
    IReadOnlyList<Detection> Detections, SweepTallies Tallies, bool HasWindows, DateTimeOffset At)
{
    /// <summary>Lines or files could not be read: that nothing forged was found says nothing of them.</summary>
    public bool IsPartial => Readings.Any(r => r.Reading is { BadLines: > 0 } or { BadFiles: > 0 });

    /// <summary>The detection that yields a verdict.</summary>
    public Detection? DetectionOf(Verdict verdict) => Detections.FirstOrDefault(d => d.Id == verdict.Code());
}

/// <summary>What was read of one stream.</summary>
/// <param name="Of">What its rows are, for people.</param>
internal sealed record StreamReading(string Of, LogReading Reading)
{
    /// <summary>What must be said about it; nothing when all of it could be read.</summary>
    public IEnumerable<string> InWords()
    {
        if (Reading.BadLines > 0)
        {
            yield return $"{Reading.BadLines:N0} line(s) of {Of} could not be read and were not judged{(Reading.BadFiles > 0 ? $"; {Reading.BadFiles:N0} file(s) not at all" : "")}.";
        }

        if (Reading.Ignored.Count > 0)
        {
            yield return $"{Reading.Ignored.Count:N0} file(s) beside the {Of} were passed over, for their names say no form that can be read: {Path.GetFileName(Reading.Ignored[0])}{(Reading.Ignored.Count > 1 ? ", …" : "")}";
        }
    }

    /// <summary>The first few bad lines: file, line, reason and the line itself, cut short.</summary>
    public IEnumerable<string> Samples() => Reading.Sample.Take(5).Select(b =>
        $"{Path.GetFileName(b.File)}{(b.Line is { } line ? $":{line}" : "")}: {b.Reason}{(b.Text is { } text ? $": {Cut(text)}" : "")}");

    private static string Cut(string text)
    {
        var plain = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return plain.Length > 120 ? $"{plain[..119]}…" : plain;
    }
}
