using Rekey.Blocking.Publishing;

namespace Rekey.Blocking;

/// <summary>The blocklist after one change. Immutable; time alone decides which entries still count.</summary>
public sealed class Blocklist
{
    /// <summary>How long after its expiry an entry causes a change of its own, if no other change has removed it before.</summary>
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromDays(1);

    private readonly Dictionary<(BlockKind Kind, string Issuer, string Value), BlockEntry> _entries = [];
    private readonly Lazy<Dictionary<string, BlockEntry>> _byId;
    private readonly bool[] _kinds = new bool[Enum.GetValues<BlockKind>().Length];
    private readonly Lazy<string> _sha256;

    public Blocklist(long number, IEnumerable<BlockEntry> entries)
    {
        Number = number;
        foreach (var entry in entries)
        {
            _entries[(entry.Kind, entry.Issuer, entry.Value)] = entry;
            _kinds[(int)entry.Kind] = true;
        }

        _byId = new(() => _entries.Values.ToDictionary(e => e.Id, StringComparer.Ordinal));
        _sha256 = new(() => BlockDocuments.Hash(BlockDocuments.Bytes(this)));
    }

    /// <summary>The list before the first change.</summary>
    public static Blocklist Empty { get; } = new(0, []);

    /// <summary>The number of the last change in it.</summary>
    public long Number { get; }

    /// <summary>Hash of its document, lower-case hex.</summary>
    public string Sha256 => _sha256.Value;

    /// <summary>All entries, in no order; some may have expired.</summary>
    public IEnumerable<BlockEntry> Entries => _entries.Values;

    /// <summary>The entry with this id, if it counts at that time.</summary>
    public BlockEntry? Find(string id, DateTimeOffset now) =>
        _byId.Value.GetValueOrDefault(id) is { } entry && entry.ExpiresAt > now ? entry : null;

    /// <summary>The entries that count at that time, in no order.</summary>
    public IEnumerable<BlockEntry> At(DateTimeOffset now) => Entries.Where(e => e.ExpiresAt > now);

    /// <summary>Whether entries have expired so long ago that they must be removed although nothing else changes.</summary>
    public bool HasToForget(DateTimeOffset now) => _entries.Values.Any(e => e.ExpiresAt <= now - ForgetAfter);

    /// <summary>Whether a token must be refused at that time.</summary>
    public bool Blocks(TokenFacts token, DateTimeOffset now) =>
        Names(BlockKind.SigningInput, token, token.SigningInputSha256, now)
        || Names(BlockKind.Token, token, token.Jti, now)
        || Names(BlockKind.Subject, token, token.Subject, now)
        || Names(BlockKind.Kid, token, token.Kid, now);

    /// <summary>The entries because of which a token must be refused at that time.</summary>
    public IEnumerable<BlockEntry> EntriesFor(TokenFacts token, DateTimeOffset now) =>
        new[]
        {
            EntryOf(BlockKind.SigningInput, token, token.SigningInputSha256, now),
            EntryOf(BlockKind.Token, token, token.Jti, now),
            EntryOf(BlockKind.Subject, token, token.Subject, now),
            EntryOf(BlockKind.Kid, token, token.Kid, now),
        }.OfType<BlockEntry>();

    /// <summary>The list after a change, without expired entries.</summary>
    public Blocklist With(BlockChange change, DateTimeOffset now)
    {
        var (gone, added) = (change.Remove.ToHashSet(StringComparer.Ordinal), change.Add.ToLookup(e => e.Id, StringComparer.Ordinal));
        return new(Number + 1, At(now).Where(e => !gone.Contains(e.Id) && !added.Contains(e.Id)).Concat(change.Add));
    }

    /// <summary>The change that adds these entries and removes those; null when nothing changes.</summary>
    /// <remarks>An expired entry names no valid token and is left out. An id that is both removed and added is added. An entry never
    /// weakens the one that stands: the later times of both hold, in whatever order two approved blocks are carried out.</remarks>
    public BlockChange? Towards(IReadOnlyList<BlockEntry> add, IReadOnlyList<string> removeIds, DateTimeOffset now) =>
        Exactly([.. add.Select(e => removeIds.Contains(e.Id, StringComparer.Ordinal) ? e : Stronger(Find(e.Id, now), e))], removeIds, now);

    private static BlockEntry Stronger(BlockEntry? standing, BlockEntry added) =>
        standing is null
            ? added
            : (standing.IssuedBefore >= added.IssuedBefore ? standing : added) with
            {
                ExpiresAt = standing.ExpiresAt >= added.ExpiresAt ? standing.ExpiresAt : added.ExpiresAt,
            };

    private BlockChange? Exactly(IReadOnlyList<BlockEntry> add, IReadOnlyList<string> removeIds, DateTimeOffset now)
    {
        var wanted = add.Where(e => e.ExpiresAt > now)
            .GroupBy(e => e.Id, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Last(), StringComparer.Ordinal);
        var adds = wanted.Where(w => Find(w.Key, now) != w.Value).Select(w => w.Value).OrderBy(e => e.Id, StringComparer.Ordinal).ToList();
        var removes = removeIds
            .Where(id => !wanted.ContainsKey(id) && Find(id, now) is not null)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        return adds.Count + removes.Count > 0 || HasToForget(now) ? new(adds, removes) : null;
    }

    /// <summary>
    /// The change for the entries of one finding. An entry that people decided, or that belongs to another finding, stays, and lasts at
    /// least as long as the entry that would have replaced it.
    /// </summary>
    public BlockChange? Towards(string findingId, IReadOnlyList<BlockEntry> add, IReadOnlyList<string> removeIds, DateTimeOffset now)
    {
        bool IsAnothers(BlockEntry? standing) =>
            standing is not null && !string.Equals(standing.FindingId, findingId, StringComparison.Ordinal);
        var kept = add.Select(e =>
                Find(e.Id, now) is { } standing && IsAnothers(standing)
                    ? standing with
                    {
                        ExpiresAt = e.ExpiresAt > standing.ExpiresAt ? e.ExpiresAt : standing.ExpiresAt,
                    }
                    : e
            )
            .ToList();
        return Exactly(kept, [.. removeIds.Where(id => !IsAnothers(Find(id, now)))], now);
    }

    private bool Names(BlockKind kind, TokenFacts token, string? value, DateTimeOffset now) => EntryOf(kind, token, value, now) is not null;

    private BlockEntry? EntryOf(BlockKind kind, TokenFacts token, string? value, DateTimeOffset now) =>
        value is not null
        && _kinds[(int)kind]
        && _entries.TryGetValue((kind, token.Issuer, value), out var entry)
        && entry.ExpiresAt > now
        && (entry.IssuedBefore is not { } before || token.IssuedAt is not { } issued || issued <= before)
            ? entry
            : null;
}
