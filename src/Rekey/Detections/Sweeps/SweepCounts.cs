using Rekey.Detections.Gaps;

namespace Rekey.Detections.Sweeps;

/// <summary>The counters of one run.</summary>
internal sealed class SweepCounts(IReadOnlyList<Detection> detections)
{
    private readonly Dictionary<string, long> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _unfinished = new(StringComparer.Ordinal);
    private int _batches;
    private long _accesses;

    public void Add(string detectionId, long rows) => _rows[detectionId] = _rows.GetValueOrDefault(detectionId) + rows;

    public void Add(GapSearch search)
    {
        foreach (var (detection, rows) in search.Rows)
        {
            Add(detection, rows);
        }

        foreach (var (detection, why) in search.Unfinished)
        {
            Unfinished(detection, why);
        }
    }

    public void Unfinished(string detectionId, string why) => _unfinished[detectionId] = why;

    public void Add(SweepBatch batch)
    {
        _batches++;
        _accesses += batch.Accesses ?? 0;
    }

    public SweepReport Report(bool isCaughtUp) =>
        new(_batches, isCaughtUp, _accesses, _rows)
        {
            Unfinished = _unfinished,
            Quiet = detections.Where(d => !d.IsLive).Select(d => d.Id).ToHashSet(StringComparer.Ordinal),
        };
}
