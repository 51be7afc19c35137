namespace Rekey.Detections.Sweeps;

/// <summary>The result of one run of a sweep.</summary>
/// <param name="IsCaughtUp">False if time ran out, or another process held the lease.</param>
/// <param name="Accesses">Accesses in its batches, if the log counts them.</param>
/// <param name="Rows">Rows by detection, including quiet detections.</param>
public sealed record SweepReport(int Batches, bool IsCaughtUp, long Accesses, IReadOnlyDictionary<string, long> Rows)
{
    /// <summary>Why a detection did not finish in some batch, by its id: a quiet one, or one of gaps. Its rows are at least so
    /// many.</summary>
    public IReadOnlyDictionary<string, string> Unfinished { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Ids of the quiet detections, whose rows were only counted.</summary>
    public IReadOnlySet<string> Quiet { get; init; } = new HashSet<string>(StringComparer.Ordinal);
}
