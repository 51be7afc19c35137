namespace Rekey.Sweeps;

/// <summary>Adds sightings to a share of a campaign. Pure; adding again what is in it changes nothing.</summary>
public static class ChunkMerge
{
    /// <summary>Bytes of a row that tokens may take; <see cref="TokenChunk.Counted"/> gets the rest.</summary>
    private const int MaxWeight = 700_000;

    private const int MaxCounted = 8_000;

    private const int ShortId = 11;

    private static readonly Comparer<TokenUse> ByAddress = Comparer<TokenUse>.Create((a, b) => string.CompareOrdinal(a.Address, b.Address));

    /// <param name="maxTokens">How many tokens this share may keep.</param>
    public static TokenChunk Add(TokenChunk chunk, IEnumerable<Sighting> sightings, int maxTokens)
    {
        var tokens = chunk.Tokens.ToDictionary(t => t.Token.Id, StringComparer.Ordinal);
        var counted = chunk.Counted.ToHashSet(StringComparer.Ordinal);
        var weight = chunk.Tokens.Sum(t => WeightOf(t.Token) + t.Uses.Sum(WeightOf));
        var (first, last, isFull, changed) = (chunk.CountedFirstSeen, chunk.CountedLastSeen, chunk.IsFull, false);
        foreach (var sighting in sightings)
        {
            var id = sighting.Token.Id;
            var use = TokenUse.Of(sighting);
            if (tokens.TryGetValue(id, out var known))
            {
                var next = With(known.SeenAgain(sighting.Token), use, ref weight, ref isFull);
                changed |= !ReferenceEquals(next, known) && !SaySame(next, known);
                tokens[id] = next;
            }
            else if (tokens.Count < maxTokens && weight + WeightOf(sighting.Token) + WeightOf(use) <= MaxWeight)
            {
                weight += WeightOf(sighting.Token) + WeightOf(use);
                tokens[id] = new(sighting.Token, [use]);
                changed = true;
            }
            else if (counted.Contains(id[..ShortId]) || counted.Count < MaxCounted)
            {
                counted.Add(id[..ShortId]);
                first = first < use.FirstSeen ? first : use.FirstSeen;
                last = last > use.LastSeen ? last : use.LastSeen;
            }
            else
            {
                isFull = true;
            }
        }

        // A row that says the same is the same, so that nothing is written for a batch that comes again.
        return !changed && counted.Count == chunk.Counted.Count && (first, last, isFull) == (chunk.CountedFirstSeen, chunk.CountedLastSeen, chunk.IsFull) ? chunk : chunk with
        {
            Tokens = [.. tokens.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Value)],
            Counted = [.. counted.Order(StringComparer.Ordinal)],
            CountedFirstSeen = first,
            CountedLastSeen = last,
            IsFull = isFull,
        };
    }

    private static TrackedToken With(TrackedToken token, TokenUse use, ref int weight, ref bool isFull)
    {
        var uses = token.Uses.ToList();
        var at = uses.BinarySearch(use, ByAddress);
        if (at >= 0)
        {
            var merged = uses[at].With(use);
            if (merged == uses[at])
            {
                return token;
            }

            uses[at] = merged;
            return token with { Uses = uses };
        }

        if (weight + WeightOf(use) > MaxWeight)
        {
            isFull = true;
            return token;
        }

        weight += WeightOf(use);
        uses.Insert(~at, use);
        return token with { Uses = uses };
    }

    private static bool SaySame(TrackedToken a, TrackedToken b) => ReferenceEquals(a.Uses, b.Uses) && a with { Uses = b.Uses } == b;

    /// <summary>Generous: names of members, and texts that an attacker may have chosen to be escaped.</summary>
    private static int WeightOf(PresentedToken t) => 500 + WeightOf(t.Iss) + WeightOf(t.Jti) + WeightOf(t.Kid) + WeightOf(t.Sub) + WeightOf(t.Aud) + WeightOf(t.SigningInputSha256) + WeightOf(t.KeyThumbprint);

    private static int WeightOf(TokenUse use) => 130 + WeightOf(use.Address);

    private static int WeightOf(string? text) => text?.Sum(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/' or ' ' ? 1 : 6) ?? 0;
}
