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
    /// <param name="mayBeHidden">Whether a token would be held back. What is held makes room for what is not, and what was withdrawn for either.</param>
    public static TokenChunk Add(TokenChunk chunk, IEnumerable<Sighting> sightings, int maxTokens, Func<TrackedToken, bool> mayBeHidden)
    {
        var tokens = chunk.Tokens.ToDictionary(t => t.Token.Id, StringComparer.Ordinal);
        var counted = chunk.Counted.ToHashSet(StringComparer.Ordinal);
        var held = chunk.HeldCounted.ToDictionary(h => (h.Iss, h.Since));
        var heldIds = chunk.HeldCounted.SelectMany(h => h.Ids).ToHashSet(StringComparer.Ordinal);
        var weight = chunk.Tokens.Sum(WeightOf);
        var (first, last, isFull, changed) = (chunk.CountedFirstSeen, chunk.CountedLastSeen, chunk.IsFull, false);
        foreach (var sighting in sightings)
        {
            var id = sighting.Token.Id;
            var use = TokenUse.Of(sighting);
            var fresh = new TrackedToken(sighting.Token, [use]) { IsUnsure = sighting.IsUnsure };
            if (tokens.TryGetValue(id, out var known))
            {
                var next = With(known.SeenAgain(sighting.Token, sighting.IsUnsure), use, ref weight, ref isFull);
                changed |= !ReferenceEquals(next, known) && !SaySame(next, known);
                tokens[id] = next;
            }
            else if (MakeRoom(fresh))
            {
                weight += WeightOf(sighting.Token) + WeightOf(use);
                tokens[id] = fresh;
                counted.Remove(id[..ShortId]);
                Release(id[..ShortId]);
                changed = true;
            }
            else if (mayBeHidden(fresh))
            {
                Hold(fresh);
            }
            else
            {
                Count(id, use.FirstSeen, use.LastSeen);
            }
        }

        // A row that says the same is the same, so that nothing is written for a batch that comes again.
        return !changed && counted.SetEquals(chunk.Counted) && (first, last, isFull) == (chunk.CountedFirstSeen, chunk.CountedLastSeen, chunk.IsFull) ? chunk : chunk with
        {
            Tokens = [.. tokens.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Value)],
            Counted = [.. counted.Order(StringComparer.Ordinal)],
            CountedPastHold = Math.Min(chunk.CountedPastHold, counted.Count),
            HeldCounted = [.. held.Values.Where(h => h.Ids.Count > 0).OrderBy(h => h.Since).ThenBy(h => h.Iss, StringComparer.Ordinal)],
            CountedFirstSeen = first,
            CountedLastSeen = last,
            IsFull = isFull,
        };

        bool MakeRoom(TrackedToken token)
        {
            var needed = WeightOf(token);
            bool Fits() => tokens.Count < maxTokens && weight + needed <= MaxWeight;
            if (Fits())
            {
                return true;
            }

            // What was withdrawn has nothing to say any more; what is held is counted on.
            foreach (var old in tokens.Values.Where(t => t is { Standing: TokenStanding.Withdrawn, Block: null }).OrderBy(t => t.WithdrawnAt).ThenBy(t => t.Token.Id, StringComparer.Ordinal).ToList().TakeWhile(_ => !Fits()))
            {
                Drop(old);
            }

            if (!Fits() && !mayBeHidden(token))
            {
                foreach (var kept in tokens.Values.Where(t => t is { HeldSince: not null, Standing: TokenStanding.Held }).OrderBy(t => t.LastSeen).ThenBy(t => t.Token.Id, StringComparer.Ordinal).ToList().TakeWhile(_ => !Fits()))
                {
                    Drop(kept);
                    Hold(kept);
                }
            }

            return Fits();
        }

        void Drop(TrackedToken token)
        {
            tokens.Remove(token.Token.Id);
            weight -= WeightOf(token);
            changed = true;
        }

        // It is in no finding before the hold is over; what is counted in one already stays there.
        void Hold(TrackedToken token)
        {
            var (id, key) = (token.Token.Id[..ShortId], (token.Token.Iss, token.HeldSince));
            if (counted.Contains(id) || heldIds.Contains(id))
            {
                return;
            }

            if (counted.Count + heldIds.Count >= MaxCounted)
            {
                isFull = true;
                return;
            }

            var known = held.GetValueOrDefault(key) ?? new(token.Token.Iss, [], token.FirstSeen, token.LastSeen) { Since = token.HeldSince };
            held[key] = known with
            {
                Ids = [.. known.Ids, id],
                FirstSeen = known.FirstSeen < token.FirstSeen ? known.FirstSeen : token.FirstSeen,
                LastSeen = known.LastSeen > token.LastSeen ? known.LastSeen : token.LastSeen,
            };
            heldIds.Add(id);
            changed = true;
        }

        void Release(string id)
        {
            if (heldIds.Remove(id))
            {
                var (key, group) = held.First(h => h.Value.Ids.Contains(id));
                held[key] = group with { Ids = [.. group.Ids.Where(other => other != id)] };
                changed = true;
            }
        }

        void Count(string id, DateTimeOffset firstSeen, DateTimeOffset lastSeen)
        {
            Release(id[..ShortId]);
            if (!counted.Contains(id[..ShortId]) && counted.Count + heldIds.Count >= MaxCounted)
            {
                isFull = true;
                return;
            }

            counted.Add(id[..ShortId]);
            first = first < firstSeen ? first : firstSeen;
            last = last > lastSeen ? last : lastSeen;
        }
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

    private static int WeightOf(TrackedToken token) => WeightOf(token.Token) + token.Uses.Sum(WeightOf);

    /// <summary>Generous: names of members, and texts that an attacker may have chosen to be escaped.</summary>
    private static int WeightOf(PresentedToken t) => 500 + WeightOf(t.Iss) + WeightOf(t.Jti) + WeightOf(t.Kid) + WeightOf(t.Sub) + WeightOf(t.Aud) + WeightOf(t.SigningInputSha256) + WeightOf(t.KeyThumbprint);

    private static int WeightOf(TokenUse use) => 130 + WeightOf(use.Address);

    private static int WeightOf(string? text) => text?.Sum(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/' or ' ' ? 1 : 6) ?? 0;
}
