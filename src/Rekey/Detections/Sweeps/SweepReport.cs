namespace Rekey.Detections.Sweeps;

/// <summary>What one run of a sweep came to.</summary>
/// <param name="IsCaughtUp">False when time was up, or another process was at it.</param>
/// <param name="Accesses">Accesses in its batches, where the log counts them.</param>
/// <param name="Rows">Rows by detection, those of quiet detections too.</param>
public sealed record SweepReport(int Batches, bool IsCaughtUp, long Accesses, IReadOnlyDictionary<string, long> Rows)
{
    /// <summary>Ids of the detections whose rows were only counted.</summary>
    public IReadOnlySet<string> Quiet { get; init; } = new HashSet<string>(StringComparer.Ordinal);
}
