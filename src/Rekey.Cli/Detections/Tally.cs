using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Samples;
using Rekey.Detections.Sweeps;

namespace Rekey.Cli.Detections;

/// <summary>Counts the uses of related tokens, exactly.</summary>
internal sealed class Tally
{
    private const int SamplesKept = 5;
    private readonly HashSet<string> _tokens = new(StringComparer.Ordinal);
    private readonly HashSet<string> _subjects = new(StringComparer.Ordinal);
    private readonly HashSet<string> _addresses = new(StringComparer.Ordinal);
    private readonly HashSet<string> _networks = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Sighting, (DateTimeOffset, string)> _samples = new(
        Comparer<(DateTimeOffset, string)>.Create((a, b) => b.CompareTo(a))
    );

    public int Tokens => _tokens.Count;

    public int Subjects => _subjects.Count;

    public int Addresses => _addresses.Count;

    public int Networks => _networks.Count;

    public long Accesses { get; private set; }

    public DateTimeOffset FirstSeen { get; private set; } = DateTimeOffset.MaxValue;

    public DateTimeOffset LastSeen { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>The first few tokens, with one sighting each.</summary>
    public IReadOnlyList<Sighting> Samples => [.. _samples.UnorderedItems.OrderBy(s => s.Priority).Select(s => s.Element)];

    public void Add(Sighting sighting)
    {
        var id = sighting.Token.Id;
        var isNew = _tokens.Add(id);
        Accesses += sighting.Accesses;
        FirstSeen = sighting.FirstSeen < FirstSeen ? sighting.FirstSeen : FirstSeen;
        LastSeen = sighting.LastSeen > LastSeen ? sighting.LastSeen : LastSeen;
        if (sighting.Token.Sub is { } sub)
        {
            _subjects.Add(sub);
        }

        if (sighting.SrcIpAddr is { } address && _addresses.Add(address))
        {
            _networks.Add(AddressNetwork.Of(address));
        }

        if (isNew)
        {
            _samples.Enqueue(sighting, (sighting.FirstSeen, id));
            if (_samples.Count > SamplesKept)
            {
                _samples.Dequeue();
            }
        }
    }

    public Damage ToDamage(string iss, string? kid, DateTimeOffset? trustEndedAt) =>
        new(
            iss,
            kid,
            Tokens,
            Accesses,
            Subjects,
            Addresses,
            FirstSeen,
            LastSeen,
            DamageAssessment.DaysOf(FirstSeen, LastSeen, trustEndedAt)
        );
}
