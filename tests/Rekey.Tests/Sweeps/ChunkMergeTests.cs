using Rekey.Sweeps;

namespace Rekey.Tests.Sweeps;

/// <summary>What a share of a campaign keeps, counts, and holds beyond its cap.</summary>
public sealed class ChunkMergeTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Deadline = TimeSpan.FromHours(2);

    private static Sighting Seen(string jti) => new(Verdict.Unissued, new("i", jti, null, "ann", null, At, null, null, null, true), "192.0.2.1", At, At, 1);

    [Fact]
    public void A_withdrawn_token_keeps_its_place_while_it_has_a_block_that_must_be_taken_back()
    {
        var one = ChunkMerge.Add(new("c", 0), [Seen("a")], 1, _ => false);
        var blocked = one.Each(t => t.Withdrawn(At) with { Block = new("entry", At.AddHours(1), IsListed: true) });

        var added = ChunkMerge.Add(blocked, [Seen("b")], 1, _ => false);
        Assert.Equal("a", Assert.Single(added.Tokens).Token.Jti);
        Assert.Single(added.Counted);

        var free = ChunkMerge.Add(blocked.Each(t => t with { Block = null }), [Seen("b")], 1, _ => false);
        Assert.Equal("b", Assert.Single(free.Tokens).Token.Jti);
        Assert.Empty(free.Counted);
    }

    [Fact]
    public void What_is_held_beyond_the_cap_is_counted_once_and_apart()
    {
        var held = ChunkMerge.Add(new("c", 0), [Seen("a"), Seen("b"), Seen("d")], 1, _ => true);

        Assert.Equal((2, 0), (Assert.Single(held.HeldCounted).Ids.Count, held.Counted.Count));
        Assert.Same(held, ChunkMerge.Add(held, [Seen("b"), Seen("d")], 1, _ => true));

        // Seen again when no gap hides it, it counts as what it is.
        var told = ChunkMerge.Add(held, [Seen("b")], 1, t => t.Token.Jti != "b");
        Assert.Single(told.Counted);
        Assert.DoesNotContain(told.HeldCounted.SelectMany(h => h.Ids), id => Seen("b").Token.Id.StartsWith(id, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, true, 2, 0, false)]
    [InlineData(true, false, 2, 0, false)]
    [InlineData(false, true, 2, 0, false)]
    [InlineData(false, false, 0, 0, true)]
    public void While_a_gap_may_hide_the_first_or_the_last_of_them_they_are_held(bool first, bool last, int held, int counted, bool areLeast)
    {
        var chunk = new TokenChunk("c", 0) { HeldCounted = [new("i", ["x", "y"], At, At.AddHours(1)) { Since = At }] };

        var weighed = chunk.Weighed((_, at) => at == At ? first : last, At.AddMinutes(119), Deadline);

        Assert.Equal((held, counted, areLeast), (weighed.HeldCounted.Sum(h => h.Ids.Count), weighed.Counted.Count, weighed.IsFull));
    }

    [Fact]
    public void The_deadline_counts_from_when_they_were_first_weighed()
    {
        var chunk = new TokenChunk("c", 0) { HeldCounted = [new("i", ["x", "y"], At, At.AddMinutes(5))] };

        var weighed = chunk.Weighed((_, _) => true, At.AddHours(1), Deadline);
        Assert.Same(weighed, weighed.Weighed((_, _) => true, At.AddHours(3).AddTicks(-1), Deadline));
        var raised = weighed.Weighed((_, _) => true, At.AddHours(3), Deadline);

        Assert.Equal((2, 2, 0), (raised.Counted.Count, raised.CountedPastHold, raised.HeldCounted.Count));
        Assert.Equal((At, At.AddMinutes(5)), (raised.CountedFirstSeen, raised.CountedLastSeen));
    }
}
