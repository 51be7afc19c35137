using Rekey.Detections;
using Rekey.Detections.Gaps;
using Rekey.Detections.Samples;
using Rekey.Detections.Sweeps;
using Rekey.Findings;

namespace Rekey.Cli.Detections;

/// <summary>What one sweep of files came to.</summary>
/// <param name="Issued">The paths as they were given.</param>
/// <param name="Readings">What was read of either stream, and what could not be.</param>
/// <param name="Gaps">Holes in issuers' logs: what is unissued may have been issued inside one.</param>
/// <param name="Windows">Of every key that was ever trusted; where there is none, keys could not be judged.</param>
internal sealed record SweepResult(
    IReadOnlyList<string> Issued,
    IReadOnlyList<string> Access,
    long Issuances,
    long Accesses,
    IReadOnlyList<StreamReading> Readings,
    IReadOnlyList<IssuanceGap> Gaps,
    IReadOnlyList<Detection> Detections,
    SweepTallies Tallies,
    IReadOnlyList<KidWindow> Windows,
    DateTimeOffset At
)
{
    /// <summary>Lines or files could not be read: that nothing forged was found says nothing of them.</summary>
    public bool IsPartial => Readings.Any(r => r.IsPartial);

    /// <summary>What quiet detections came to.</summary>
    public IReadOnlyList<QuietCount> Quiet { get; init; } = [];

    /// <summary>One for each key that signed something forged, the worst first.</summary>
    public IReadOnlyList<Damage> Damages =>
        Tallies.Damages((iss, kid) => Windows.Where(w => w.Iss == iss && w.Kid == kid && w.TrustedUntil <= At).Max(w => w.TrustedUntil));

    /// <summary>The detection that bears a verdict's name.</summary>
    public Detection? DetectionOf(Verdict verdict) => Detections.FirstOrDefault(d => d.Id == verdict.Code());

    /// <summary>The severity of a verdict: the highest of the live detections that yield it.</summary>
    public Severity SeverityOf(Verdict verdict) =>
        Detections
            .Where(d => d.IsLive && d.Verdicts.Contains(verdict))
            .Select(d => d.SeverityOf(verdict))
            .DefaultIfEmpty(Severity.Informational)
            .Max();
}
