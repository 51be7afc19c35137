namespace Rekey.Detections.Campaigns;

/// <summary>Adds sightings to a share of a campaign. Pure; adding a sighting twice changes nothing.</summary>
internal static class ChunkMerge
{
    /// <summary>The maximum size of the tokens of a row in bytes, by a generous estimate.</summary>
    private const int MaxWeight = 700_000;

    private static readonly Comparer<TokenUse> ByAddress = Comparer<TokenUse>.Create((a, b) => string.CompareOrdinal(a.Address, b.Address));

    /// <param name="maxTokens">The maximum number of tokens in this share.</param>
    /// <param name="mayBeHidden">Whether a token would be held back. If the share is full, held tokens make room for others, and
    /// withdrawn ones for both.</param>
    public static TokenChunk Add(TokenChunk chunk, IEnumerable<Sighting> sightings, int maxTokens, Func<TrackedToken, bool> mayBeHidden)
    {
        var tokens = chunk.Tokens.ToDictionary(t => t.Token.Id, StringComparer.Ordinal);
        var weight = chunk.Tokens.Sum(WeightOf);
        var (hasMore, changed) = (chunk.HasMore, false);
        foreach (var sighting in sightings)
        {
            var id = sighting.Token.Id;
            var use = TokenUse.Of(sighting);
            var fresh = new TrackedToken(sighting.Token, [use]) { IsUnsure = sighting.IsUnsure };
            if (tokens.TryGetValue(id, out var known))
            {
                var next = With(known.SeenAgain(sighting.Token, sighting.IsUnsure), use, ref weight, ref hasMore);
                changed |= !ReferenceEquals(next, known) && !SaySame(next, known);
                tokens[id] = next;
            }
            else if (MakeRoom(fresh))
            {
                weight += WeightOf(fresh);
                tokens[id] = fresh;
                changed = true;
            }
            else
            {
                hasMore = true;
            }
        }

        // Return the same row if nothing changes, so that a repeated batch writes nothing.
        return !changed && hasMore == chunk.HasMore
            ? chunk
            : chunk with
            {
                Tokens = [.. tokens.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Value)],
                HasMore = hasMore,
            };

        bool MakeRoom(TrackedToken token)
        {
            var needed = WeightOf(token);
            bool Fits() => tokens.Count < maxTokens && weight + needed <= MaxWeight;
            if (Fits())
            {
                return true;
            }

            // Drop withdrawn tokens first.
            var withdrawn = tokens.Values.Where(t => t is { Standing: TokenStanding.Withdrawn, Block: null }).OrderBy(t => t.WithdrawnAt);
            foreach (var old in withdrawn.ThenBy(t => t.Token.Id, StringComparer.Ordinal).ToList().TakeWhile(_ => !Fits()))
            {
                Drop(old);
            }

            if (!Fits() && !mayBeHidden(token))
            {
                var held = tokens.Values.Where(t => t is { HeldSince: not null, Standing: TokenStanding.Held }).OrderBy(t => t.LastSeen);
                foreach (var kept in held.ThenBy(t => t.Token.Id, StringComparer.Ordinal).ToList().TakeWhile(_ => !Fits()))
                {
                    Drop(kept);
                    hasMore = true;
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
    }

    private static TrackedToken With(TrackedToken token, TokenUse use, ref int weight, ref bool hasMore)
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
            hasMore = true;
            return token;
        }

        weight += WeightOf(use);
        uses.Insert(~at, use);
        return token with { Uses = uses };
    }

    private static bool SaySame(TrackedToken a, TrackedToken b) => ReferenceEquals(a.Uses, b.Uses) && a with { Uses = b.Uses } == b;

    private static int WeightOf(TrackedToken token) => WeightOf(token.Token) + token.Uses.Sum(WeightOf);

    /// <summary>Estimates the size generously: with member names, and escapes in texts that an attacker may choose.</summary>
    private static int WeightOf(PresentedToken t) =>
        500
        + WeightOf(t.Iss)
        + WeightOf(t.Jti)
        + WeightOf(t.Kid)
        + WeightOf(t.Sub)
        + WeightOf(t.Aud)
        + WeightOf(t.SigningInputSha256)
        + WeightOf(t.KeyThumbprint);

    private static int WeightOf(TokenUse use) => 130 + WeightOf(use.Address);

    private static int WeightOf(string? text) =>
        text?.Sum(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/' or ' ' ? 1 : 6) ?? 0;
}
