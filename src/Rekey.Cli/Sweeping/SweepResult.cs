using Rekey.DuckDb;
using Rekey.Findings;
using Rekey.Sweeps;
using Rekey.Sweeps.Samples;

namespace Rekey.Cli.Sweeping;

/// <summary>What one sweep of files came to.</summary>
/// <param name="Issued">The paths as they were given.</param>
/// <param name="Readings">What was read of either stream, and what could not be.</param>
/// <param name="Gaps">Holes in issuers' logs: what is unissued may have been issued inside one.</param>
/// <param name="Windows">Of every key that was ever trusted; where there is none, keys could not be judged.</param>
internal sealed record SweepResult(IReadOnlyList<string> Issued, IReadOnlyList<string> Access, long Issuances, long Accesses, IReadOnlyList<StreamReading> Readings, IReadOnlyList<IssuanceGap> Gaps,
    IReadOnlyList<Detection> Detections, SweepTallies Tallies, IReadOnlyList<KidWindow> Windows, DateTimeOffset At)
{
    /// <summary>Lines or files could not be read: that nothing forged was found says nothing of them.</summary>
    public bool IsPartial => Readings.Any(r => r.IsPartial);

    /// <summary>What quiet detections came to.</summary>
    public IReadOnlyList<QuietCount> Quiet { get; init; } = [];

    /// <summary>One for each key that signed something forged, the worst first.</summary>
    public IReadOnlyList<Damage> Damages => Tallies.Damages((iss, kid) => Windows.Where(w => w.Iss == iss && w.Kid == kid && w.TrustedUntil <= At).Max(w => w.TrustedUntil));

    /// <summary>The detection that bears a verdict's name.</summary>
    public Detection? DetectionOf(Verdict verdict) => Detections.FirstOrDefault(d => d.Id == verdict.Code());

    /// <summary>The severity of a verdict: the highest of the live detections that yield it.</summary>
    public Severity SeverityOf(Verdict verdict) => Detections.Where(d => d.IsLive && d.Verdicts.Contains(verdict)).Select(d => d.SeverityOf(verdict)).DefaultIfEmpty(Severity.Informational).Max();
}

/// <summary>What was read of one stream.</summary>
/// <param name="Of">What its rows are, for people.</param>
internal sealed record StreamReading(string Of, LogReading Reading)
{
    /// <summary>Lines or files could not be read.</summary>
    public bool IsPartial => Reading is { BadLines: > 0 } or { BadFiles: > 0 };

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
