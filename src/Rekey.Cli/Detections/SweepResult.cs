using Rekey.Cli.Detections.Words;
using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Gaps;
using Rekey.Detections.Sweeps;
using Rekey.Findings;

namespace Rekey.Cli.Detections;

/// <summary>The result of one sweep of files.</summary>
/// <param name="Issued">The paths from the command line.</param>
/// <param name="Readings">What could and could not be read of each stream.</param>
/// <param name="Gaps">Gaps in issuers' logs: an unissued token may have been issued inside one.</param>
/// <param name="Windows">Trust windows of every key that was ever trusted; if empty, keys were not judged.</param>
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
    /// <summary>Whether something could not be read or not be decided: it may be about forged tokens.</summary>
    public bool IsPartial => Tallies.Unsure.Tokens > 0 || Readings.Any(r => r.IsPartial);

    /// <summary>Issuers in the logs that have no trust window: their keys were not judged.</summary>
    public IReadOnlyList<string> NotJudged { get; init; } = [];

    /// <summary>Everything that qualifies the result, in words.</summary>
    public IReadOnlyList<string> Warnings => SweepWarnings.Of(this);

    /// <summary>The number of issuers in the logs that have a trust window.</summary>
    public int Judged { get; init; }

    /// <summary>The counts of quiet detections.</summary>
    public IReadOnlyList<QuietCount> Quiet { get; init; } = [];

    /// <summary>One assessment for each key that signed forged tokens, the worst first.</summary>
    public IReadOnlyList<Damage> Damages => Tallies.Damages(TrustEndedAt);

    /// <summary>When trust in a key ended; null if it is still trusted, or if unknown.</summary>
    public DateTimeOffset? TrustEndedAt(string iss, string? kid) =>
        Windows.Where(w => w.Iss == iss && w.Kid == kid && w.TrustedUntil <= At).Max(w => w.TrustedUntil);

    /// <summary>Whether a verdict was judged for at least one issuer.</summary>
    public bool IsJudged(Verdict verdict) => !verdict.JudgesKeys() || Judged > 0;

    /// <summary>The detection whose id is the verdict's code.</summary>
    public Detection? DetectionOf(Verdict verdict) => Detections.FirstOrDefault(d => d.Id == verdict.Code());

    /// <summary>The severity of a verdict: the highest of the live detections that yield it.</summary>
    public Severity SeverityOf(Verdict verdict) =>
        Detections
            .Where(d => d.IsLive && d.Verdicts.Contains(verdict))
            .Select(d => d.SeverityOf(verdict))
            .DefaultIfEmpty(Severity.Informational)
            .Max();
}
