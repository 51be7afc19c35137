using Rekey.Detections;
using Rekey.Detections.Campaigns;

namespace Rekey.Tests.Detections;

/// <summary>What a share of a campaign keeps, and for what it makes room.</summary>
public sealed class ChunkMergeTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static Sighting Seen(string jti) =>
        new(Verdict.Unissued, new("i", jti, null, "ann", null, At, null, null, null, true), "192.0.2.1", At, At, 1);

    [Fact]
    public void A_withdrawn_token_keeps_its_place_while_it_has_a_block_that_must_be_taken_back()
    {
        var one = ChunkMerge.Add(new("c", 0), [Seen("a")], 1, _ => false);
        var blocked = one.Each(t => t.Withdrawn(At) with { Block = new("entry", At.AddHours(1), IsListed: true) });

        var added = ChunkMerge.Add(blocked, [Seen("b")], 1, _ => false);
        Assert.Equal("a", Assert.Single(added.Tokens).Token.Jti);
        Assert.True(added.HasMore);

        var free = ChunkMerge.Add(blocked.Each(t => t with { Block = null }), [Seen("b")], 1, _ => false);
        Assert.Equal("b", Assert.Single(free.Tokens).Token.Jti);
        Assert.False(free.HasMore);
    }

    [Fact]
    public void Beyond_the_cap_it_says_only_that_there_is_more()
    {
        var full = ChunkMerge.Add(new("c", 0), [Seen("a"), Seen("b"), Seen("d")], 2, _ => false);
        Assert.Equal((2, true), (full.Tokens.Count, full.HasMore));
        Assert.Same(full, ChunkMerge.Add(full, [Seen("a"), Seen("b"), Seen("d")], 2, _ => false));
        Assert.False(ChunkMerge.Add(new("c", 0), [Seen("a"), Seen("b")], 2, _ => false).HasMore);
    }

    [Fact]
    public void What_is_held_makes_room_for_what_is_not_and_for_nothing_else()
    {
        var held = ChunkMerge.Add(new("c", 0), [Seen("a")], 1, _ => true).Each(t => t with { HeldSince = At });
        Assert.Equal("a", Assert.Single(ChunkMerge.Add(held, [Seen("b")], 1, _ => true).Tokens).Token.Jti);

        var told = ChunkMerge.Add(held, [Seen("b")], 1, t => t.Token.Jti != "b");
        Assert.Equal(("b", true), (Assert.Single(told.Tokens).Token.Jti, told.HasMore));
    }

    [Fact]
    public void Addresses_that_do_not_fit_into_the_row_are_more_than_is_kept()
    {
        var many = ChunkMerge.Add(
            new("c", 0),
            Enumerable.Range(0, 10_000).Select(n => Seen("a") with { SrcIpAddr = $"192.0.{n / 256}.{n % 256}" }),
            1,
            _ => false
        );
        Assert.True(many.HasMore);
        Assert.InRange(Assert.Single(many.Tokens).Uses.Count, 4_000, 6_000);
    }
}
