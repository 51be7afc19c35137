using Rekey.Blocking;
using Rekey.Blocking.Record;

namespace Rekey.Tests.Blocking;

/// <summary>While publishing is down, the history of the blocklist does not grow for ever.</summary>
public sealed class BlockHistoryTests
{
    private const int Changes = BlockHistory.MaxUnpublished + 500;

    [Fact]
    public void It_keeps_the_newest_states_up_to_a_bound()
    {
        var history = Changed(new([]), Changes);
        Assert.Equal(BlockHistory.MaxUnpublished, history.Last.Count);
        Assert.Equal((Changes - BlockHistory.MaxUnpublished + 1, Changes), (history.Last[0].Number, history.Current.Number));
    }

    [Fact]
    public void After_a_publication_it_is_short_again()
    {
        var history = Changed(Changed(new([]), Changes) with { Published = Changes }, 1);
        Assert.Equal(BlockHistory.Kept, history.Last.Count);
    }

    [Fact]
    public void A_list_that_was_published_before_the_outage_is_replaced_as_ever()
    {
        var history = Changed(new([]), 7) with { Published = 7 };
        Assert.Null(Changed(history, Changes).Contradiction(ListOf(7)));
    }

    /// <summary>Its hash is forgotten. An attacker who cut the ledger may have signed it, so approvers decide.</summary>
    [Fact]
    public void A_signed_list_that_cannot_be_compared_any_more_is_no_list_to_replace_unasked()
    {
        var list = ListOf(7);
        var history = Changed(new BlockHistory([.. Enumerable.Range(1, 6).Select(FactOf), new(7, list.Sha256)]), 100);
        Assert.Null(history.Contradiction(list));
        Assert.Contains("cannot be compared", Changed(history, Changes).Contradiction(list), StringComparison.Ordinal);
    }

    private static BlockHistory Changed(BlockHistory history, int times) =>
        Enumerable.Range(1, times).Aggregate(history, (h, _) => h.With(FactOf((int)h.Current.Number + 1)));

    private static BlockFact FactOf(int number) => new(number, $"hash of {number}");

    private static Blocklist ListOf(int number) => new(number, []);
}
