using Rekey.Sweeps;

namespace Rekey.Cli.Sweeping;

/// <summary>What one sweep of files came to.</summary>
/// <param name="Issued">The paths as they were given.</param>
/// <param name="Bad">Files with lines that could not be read.</param>
/// <param name="Gaps">Holes in issuers' logs: what is unissued may have been issued inside one.</param>
internal sealed record SweepReport(IReadOnlyList<string> Issued, IReadOnlyList<string> Access, long Issuances, long Accesses, IReadOnlyList<BadFile> Bad, IReadOnlyList<IssuanceGap> Gaps,
    IReadOnlyList<Detection> Detections, SweepTallies Tallies, bool HasWindows, DateTimeOffset At)
{
    public long BadLines => Bad.Sum(b => b.Lines);

    /// <summary>The detection that yields a verdict.</summary>
    public Detection? DetectionOf(Verdict verdict) => Detections.FirstOrDefault(d => d.Id == verdict.Code()) ?? (verdict == Verdict.VerifierLag ? DetectionOf(Verdict.RetiredKey) : null);
}

/// <summary>Lines of one file that could not be read, some of them shown.</summary>
internal sealed record BadFile(string File, long Lines, IReadOnlyList<string> Samples);
