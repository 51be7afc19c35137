using Rekey.Detections;

namespace Rekey.Cli.Detections;

/// <summary>Rows of verdicts that more than one live detection yields: each counts once. Rows of one detection are distinct by themselves,
/// and are not kept.</summary>
internal sealed class DistinctVerdictRows(IReadOnlyList<Detection> detections)
{
    private readonly HashSet<Verdict> _several =
    [
        .. detections.Where(d => d.IsLive).SelectMany(d => d.Verdicts).GroupBy(v => v).Where(v => v.Count() > 1).Select(v => v.Key),
    ];
    private readonly HashSet<(Verdict, PresentedToken, string?)> _told = [];

    public bool IsNew(Sighting sighting) =>
        !_several.Contains(sighting.Verdict) || _told.Add((sighting.Verdict, sighting.Token, sighting.SrcIpAddr));
}
