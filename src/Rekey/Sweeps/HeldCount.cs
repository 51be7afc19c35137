namespace Rekey.Sweeps;

/// <summary>Tokens beyond the cap that a gap held back when they were seen: counted, and no more.</summary>
/// <param name="Iss">Whose tokens they are: the gap is in that issuer's log.</param>
/// <param name="Ids">The beginnings of their ids.</param>
/// <param name="FirstSeen">When the first of them was accepted.</param>
/// <param name="LastSeen">When the last of them was accepted.</param>
public sealed record HeldCount(string Iss, IReadOnlyList<string> Ids, DateTimeOffset FirstSeen, DateTimeOffset LastSeen)
{
    /// <summary>Since when they are held; null until they are weighed for the first time.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>Tokens that were counted as held and that no gap hides any more. Their issuances may have come or not: only their number was kept, and nobody judged them.</summary>
/// <param name="Tokens">At most that many; one that was held, let go and held again is counted twice.</param>
/// <param name="FirstSeen">When the first of them was accepted.</param>
/// <param name="LastSeen">When the last of them was accepted.</param>
public sealed record NeverJudged(long Tokens, DateTimeOffset FirstSeen, DateTimeOffset LastSeen)
{
    /// <summary>All together; null when there are none.</summary>
    public static NeverJudged? Of(IEnumerable<NeverJudged?> some) => some.Aggregate((NeverJudged?)null, (a, b) => a is null ? b : b is null ? a
        : new(a.Tokens + b.Tokens, a.FirstSeen < b.FirstSeen ? a.FirstSeen : b.FirstSeen, a.LastSeen > b.LastSeen ? a.LastSeen : b.LastSeen));
}

/// <summary>What becomes of tokens that are counted as held. Pure.</summary>
public static class HeldCounts
{
    /// <summary>
    /// What has been held long enough counts into the finding, as explained by a gap perhaps. What no gap hides any more was issued, or was not: nobody can ask, for only its number is known.
    /// It is held no longer, the numbers are the least there are, and it stays known as never judged.
    /// </summary>
    /// <param name="mayHide">Whether a gap may hide a token of that issuer, accepted at that time.</param>
    public static TokenChunk Weighed(this TokenChunk chunk, Func<string, DateTimeOffset, bool> mayHide, DateTimeOffset now, TimeSpan holdDeadline)
    {
        if (chunk.HeldCounted.Count == 0)
        {
            return chunk;
        }

        var hidden = chunk.HeldCounted.ToLookup(c => mayHide(c.Iss, c.FirstSeen) || mayHide(c.Iss, c.LastSeen));
        var expired = hidden[true].ToLookup(c => now >= (c.Since ?? now) + holdDeadline);
        if (!hidden[false].Any() && !expired[true].Any() && hidden[true].All(c => c.Since is not null))
        {
            return chunk;
        }

        var raised = expired[true].ToList();
        var ids = raised.SelectMany(c => c.Ids).Except(chunk.Counted, StringComparer.Ordinal).ToList();
        return chunk with
        {
            HeldCounted = [.. expired[false].Select(c => c with { Since = c.Since ?? now })],
            Counted = ids.Count == 0 ? chunk.Counted : [.. chunk.Counted.Concat(ids).Order(StringComparer.Ordinal)],
            CountedPastHold = chunk.CountedPastHold + ids.Count,
            CountedFirstSeen = raised.Select(c => (DateTimeOffset?)c.FirstSeen).Append(chunk.CountedFirstSeen).Min(),
            CountedLastSeen = raised.Select(c => (DateTimeOffset?)c.LastSeen).Append(chunk.CountedLastSeen).Max(),
            NeverJudged = NeverJudged.Of(hidden[false].Select(c => new NeverJudged(c.Ids.Count, c.FirstSeen, c.LastSeen)).Append(chunk.NeverJudged)),
            IsFull = chunk.IsFull || hidden[false].Any(),
        };
    }
}
