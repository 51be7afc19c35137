using Rekey.Detections;
using Rekey.Detections.Campaigns;

namespace Rekey.Cli.Detections;

/// <summary>Counts the uses of related tokens, and keeps a few of them.</summary>
internal sealed class Tally : DamageCount
{
    private const int SamplesKept = 5;
    private readonly PriorityQueue<Sighting, (DateTimeOffset, string)> _samples = new(
        Comparer<(DateTimeOffset, string)>.Create((a, b) => b.CompareTo(a))
    );

    /// <summary>The first few tokens, with one sighting each.</summary>
    public IReadOnlyList<Sighting> Samples => [.. _samples.UnorderedItems.OrderBy(s => s.Priority).Select(s => s.Element)];

    public void Add(Sighting sighting)
    {
        if (!Add(sighting.Token, TokenUse.Of(sighting)))
        {
            return;
        }

        _samples.Enqueue(sighting, (sighting.FirstSeen, sighting.Token.Id));
        if (_samples.Count > SamplesKept)
        {
            _samples.Dequeue();
        }
    }
}
