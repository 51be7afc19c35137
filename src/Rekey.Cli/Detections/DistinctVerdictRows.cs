using Rekey.Detections;

namespace Rekey.Cli.Detections;

/// <summary>Removes duplicate rows of verdicts that several live detections yield. Rows of a single detection are distinct already, so
/// they are not remembered.</summary>
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
