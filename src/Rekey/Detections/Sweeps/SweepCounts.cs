namespace Rekey.Detections.Sweeps;

/// <summary>The counters of one run.</summary>
internal sealed class SweepCounts(IReadOnlyList<Detection> detections)
{
    private readonly Dictionary<string, long> _rows = new(StringComparer.Ordinal);
    private int _batches;
    private long _accesses;

    public void Add(string detectionId, long rows) => _rows[detectionId] = _rows.GetValueOrDefault(detectionId) + rows;

    public void Add(SweepBatch batch)
    {
        _batches++;
        _accesses += batch.Accesses ?? 0;
    }

    public SweepReport Report(bool isCaughtUp) =>
        new(_batches, isCaughtUp, _accesses, _rows)
        {
            Quiet = detections.Where(d => !d.IsLive).Select(d => d.Id).ToHashSet(StringComparer.Ordinal),
        };
}
