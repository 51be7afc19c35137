using Rekey.Blocking;

namespace Rekey.Tests.Blocking;

/// <summary>Which tokens an entry names.</summary>
public sealed class BlockIndexTests
{
    private const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly DateTimeOffset Now = new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly TokenFacts Token = new("iss", "jti", "sub", "kid", Now.AddMinutes(-5), Hash);

    public static TheoryData<BlockKind, string> Kinds => new()
    {
        { BlockKind.SigningInput, Hash },
        { BlockKind.Token, "jti" },
        { BlockKind.Subject, "sub" },
        { BlockKind.Kid, "kid" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_entry_names_its_tokens_of_its_issuer_until_it_expires(BlockKind kind, string value)
    {
        var index = With(new(kind, "iss", value, kind >= BlockKind.Subject ? Now.AddMinutes(-1) : null, Now.AddHours(1), "r", null));
        Assert.True(index.Blocks(Token, Now));
        Assert.False(index.Blocks(Token with { Issuer = "other" }, Now));
        Assert.False(index.Blocks(new("iss", "x", "x", "x", Token.IssuedAt, "x"), Now));
        Assert.False(index.Blocks(Token, Now.AddHours(1)));
        foreach (var other in Enum.GetValues<BlockKind>().Where(k => k != kind))
        {
            Assert.False(With(new(other, "iss", value, Now, Now.AddHours(1), "r", null)).Blocks(Token, Now));
        }
    }

    [Theory]
    [InlineData(BlockKind.Subject, "sub")]
    [InlineData(BlockKind.Kid, "kid")]
    public void A_subject_or_kid_is_blocked_up_to_a_time(BlockKind kind, string value)
    {
        var index = With(new(kind, "iss", value, Now.AddMinutes(-5), Now.AddHours(1), "r", null));
        Assert.True(index.Blocks(Token, Now));
        Assert.False(index.Blocks(Token with { IssuedAt = Now.AddMinutes(-5).AddSeconds(1) }, Now));
        Assert.True(index.Blocks(Token with { IssuedAt = null }, Now));
    }

    [Fact]
    public void Later_changes_lie_over_earlier_ones_and_leave_them_as_they_are()
    {
        var entry = new BlockEntry(BlockKind.Token, "iss", "jti", null, Now.AddHours(1), "r", null);
        var blocked = With(entry);
        var off = blocked.With([(new("prod", 2, "h1", Now, [], [entry.Id]), "h2")]);
        Assert.True(blocked.Blocks(Token, Now));
        Assert.False(off.Blocks(Token, Now));
        Assert.True(off.With([(new("prod", 3, "h2", Now, [entry], []), "h3")]).Blocks(Token, Now));
        Assert.Throws<CannotContinueException>(() => off.With([(new("prod", 3, "another", Now, [entry], []), "h3")]));
        Assert.Throws<CannotContinueException>(() => off.With([(new("prod", 4, "h2", Now, [entry], []), "h3")]));
    }

    [Fact]
    public void A_base_that_is_not_whole_is_refused()
    {
        var parts = Enumerable.Range(1, 3).Select(n => new BlockBase("prod", 7, "h7", Now, n, 3, [new(BlockKind.Token, "iss", $"jti-{n}", null, Now.AddHours(1), "r", null)])).ToList();
        var index = BlockIndex.Of(parts);
        Assert.All(parts, p => Assert.True(index.Blocks(Token with { Jti = $"jti-{p.Part}" }, Now)));
        Assert.Equal((7, "h7"), (index.Number, index.Chain));
        foreach (var wrong in new IReadOnlyList<BlockBase>[] { [], parts[..2], parts[1..], [parts[0], parts[2], parts[1]], [parts[0], parts[1], parts[2] with { Number = 8 }], [parts[0], parts[1], parts[2] with { At = Now.AddDays(-1) }] })
        {
            Assert.Throws<CannotContinueException>(() => BlockIndex.Of(wrong));
            Assert.Throws<CannotContinueException>(() => Blocklist.Of(wrong));
        }
    }

    [Fact]
    public void An_id_reads_back() => Assert.True(BlockId.TryParse(BlockEntry.IdOf(BlockKind.Token, "iss", "jti"), out var id) && id == BlockId.Of(BlockKind.Token, "iss", "jti"));

    private static BlockIndex With(BlockEntry entry) => BlockIndex.Of(Blocklist.Empty.ToBase("prod", Now)).With([(new("prod", 1, BlockChange.Origin, Now, [entry], []), "h1")]);
}
