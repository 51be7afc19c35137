namespace Rekey.Blocking;

/// <summary>The blocklist behind one change. Never changes itself; time alone decides which entries still count.</summary>
public sealed class Blocklist
{
    /// <summary>A part is signed and sent as one: this many take about a MiB.</summary>
    private const int EntriesPerPart = 10_000;

    private readonly Dictionary<string, BlockEntry> _entries;

    private Blocklist(long number, string chain, Dictionary<string, BlockEntry> entries) => (Number, Chain, _entries) = (number, chain, entries);

    /// <summary>The list before the first change.</summary>
    public static Blocklist Empty { get; } = new(0, BlockChange.Origin, new(StringComparer.Ordinal));

    /// <summary>The number of the last change in it.</summary>
    public long Number { get; }

    /// <summary>The hash of the last change in it.</summary>
    public string Chain { get; }

    /// <summary>The list that the parts of a base make.</summary>
    /// <exception cref="CannotContinueException">They are not all parts of one.</exception>
    public static Blocklist Of(IReadOnlyList<BlockBase> parts)
    {
        var first = parts.Count > 0 ? parts[0] : throw BlockFindings.Refused("its base has no parts");
        if (first.Parts != parts.Count || parts.Where((p, n) => p.Part != n + 1 || p.Number != first.Number || p.Chain != first.Chain || p.At != first.At || p.Parts != first.Parts || p.Environment != first.Environment).Any())
        {
            throw BlockFindings.Refused("the parts of its base do not belong together");
        }

        var entries = new Dictionary<string, BlockEntry>(parts.Sum(p => p.Entries.Count), StringComparer.Ordinal);
        foreach (var entry in parts.SelectMany(p => p.Entries))
        {
            entries[entry.Id] = entry;
        }

        return new(first.Number, first.Chain, entries);
    }

    /// <summary>The list behind these changes, which must follow it without a hole.</summary>
    /// <param name="changes">Each with the hash of its bytes.</param>
    /// <exception cref="CannotContinueException">One is missing, or was put in another's place.</exception>
    public Blocklist With(IReadOnlyList<(BlockChange Change, string Hash)> changes)
    {
        if (changes.Count == 0)
        {
            return this;
        }

        var (number, chain, entries) = (Number, Chain, new Dictionary<string, BlockEntry>(_entries, StringComparer.Ordinal));
        foreach (var (change, hash) in changes)
        {
            if (change.Number != number + 1 || change.Previous != chain)
            {
                throw BlockFindings.Refused($"change {change.Number} does not follow change {number}");
            }

            Apply(change, entries);
            (number, chain) = (change.Number, hash);
        }

        return new(number, chain, entries);
    }

    /// <summary>What the readable of its pieces say, in their order and whatever is missing between them. To be shown to people, and never published or decided by.</summary>
    internal static Blocklist Piecemeal(long number, IEnumerable<BlockBase> parts, IEnumerable<BlockChange> changes)
    {
        var entries = parts.SelectMany(p => p.Entries).ToDictionary(e => e.Id, StringComparer.Ordinal);
        foreach (var change in changes)
        {
            Apply(change, entries);
        }

        return new(number, "", entries);
    }

    private static void Apply(BlockChange change, Dictionary<string, BlockEntry> entries)
    {
        foreach (var id in change.Remove)
        {
            entries.Remove(id);
        }

        foreach (var entry in change.Add)
        {
            entries[entry.Id] = entry;
        }
    }

    /// <summary>The entry with this id, if it counts at that time.</summary>
    public BlockEntry? Find(string id, DateTimeOffset now) => _entries.GetValueOrDefault(id) is { } entry && entry.ExpiresAt > now ? entry : null;

    /// <summary>The entries that count at that time, in no order.</summary>
    public IEnumerable<BlockEntry> At(DateTimeOffset now) => _entries.Values.Where(e => e.ExpiresAt > now);

    /// <summary>How many have expired and wait to be left out of the next base.</summary>
    public int ExpiredAt(DateTimeOffset now) => _entries.Values.Count(e => e.ExpiresAt <= now);

    /// <summary>The same without what has expired by then.</summary>
    public Blocklist Without(DateTimeOffset expiredBy) => new(Number, Chain, At(expiredBy).ToDictionary(e => e.Id, StringComparer.Ordinal));

    /// <summary>The parts of a base that makes this list.</summary>
    public IReadOnlyList<BlockBase> ToBase(string environment, DateTimeOffset now)
    {
        var parts = At(now).OrderBy(e => e.Id, StringComparer.Ordinal).Chunk(EntriesPerPart).ToList();
        return parts.Count == 0 ? [new(environment, Number, Chain, now, 1, 1, [])] : [.. parts.Select((p, n) => new BlockBase(environment, Number, Chain, now, n + 1, parts.Count, p))];
    }

    /// <summary>What must change so that these entries stand and those do not; null when it is so already.</summary>
    /// <remarks>An entry that has expired names no valid token and is left out. Where an id is both removed and added, it is added.</remarks>
    public BlockChange? Towards(string environment, IReadOnlyList<BlockEntry> add, IReadOnlyList<string> removeIds, DateTimeOffset now)
    {
        var wanted = add.Where(e => e.ExpiresAt > now).GroupBy(e => e.Id, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Last(), StringComparer.Ordinal);
        var adds = wanted.Where(w => Find(w.Key, now) != w.Value).Select(w => w.Value).OrderBy(e => e.Id, StringComparer.Ordinal).ToList();
        var removes = removeIds.Where(id => !wanted.ContainsKey(id) && Find(id, now) is not null).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return adds.Count + removes.Count == 0 ? null : new(environment, Number + 1, Chain, now, adds, removes);
    }

    /// <summary>The same for what one finding rests on: what people decided, or what rests on another finding, stays, and lasts as long as what would have taken its place.</summary>
    public BlockChange? Towards(string environment, string findingId, IReadOnlyList<BlockEntry> add, IReadOnlyList<string> removeIds, DateTimeOffset now)
    {
        bool IsAnothers(BlockEntry? standing) => standing is not null && !string.Equals(standing.FindingId, findingId, StringComparison.Ordinal);
        var kept = add.Select(e => Find(e.Id, now) is { } standing && IsAnothers(standing) ? standing with { ExpiresAt = e.ExpiresAt > standing.ExpiresAt ? e.ExpiresAt : standing.ExpiresAt } : e).ToList();
        return Towards(environment, kept, [.. removeIds.Where(id => !IsAnothers(Find(id, now)))], now);
    }
}
