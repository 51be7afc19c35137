using Rekey.Blocking;
using Rekey.Blocking.Publishing;

namespace Rekey.Tests.Blocking;

/// <summary>Which tokens an entry names.</summary>
public sealed class BlockedTokenTests
{
    private const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly DateTimeOffset Now = new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly TokenFacts Token = new("iss", "jti", "sub", "kid", Now.AddMinutes(-5), Hash);

    public static TheoryData<BlockKind, string> Kinds =>
        new()
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
        var list = With(new(kind, "iss", value, kind >= BlockKind.Subject ? Now.AddMinutes(-1) : null, Now.AddHours(1), "r", null));
        Assert.True(list.Blocks(Token, Now));
        Assert.False(list.Blocks(Token with { Issuer = "other" }, Now));
        Assert.False(list.Blocks(new("iss", "x", "x", "x", Token.IssuedAt, "x"), Now));
        Assert.False(list.Blocks(Token, Now.AddHours(1)));
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
        var list = With(new(kind, "iss", value, Now.AddMinutes(-5), Now.AddHours(1), "r", null));
        Assert.True(list.Blocks(Token, Now));
        Assert.False(list.Blocks(Token with { IssuedAt = Now.AddMinutes(-5).AddSeconds(1) }, Now));
        Assert.True(list.Blocks(Token with { IssuedAt = null }, Now));
    }

    [Fact]
    public void A_change_makes_another_list_and_leaves_the_one_before_as_it_is()
    {
        var entry = new BlockEntry(BlockKind.Token, "iss", "jti", null, Now.AddHours(1), "r", null);
        var blocked = With(entry);
        var off = blocked.With(new([], [entry.Id]), Now);
        Assert.True(blocked.Blocks(Token, Now));
        Assert.False(off.Blocks(Token, Now));
        Assert.True(off.With(new([entry], [entry.Id]), Now).Blocks(Token, Now));
        Assert.Equal((1, 2), (blocked.Number, off.Number));

        // What has expired is not taken along.
        Assert.Empty(blocked.With(new([], []), Now.AddHours(1)).Entries);
    }

    [Fact]
    public void A_list_and_its_document_are_the_same_whatever_the_order_of_its_entries()
    {
        BlockEntry[] entries =
        [
            .. Enumerable
                .Range(0, 20)
                .Select(n => new BlockEntry(
                    n % 2 == 0 ? BlockKind.Token : BlockKind.Subject,
                    $"iss-{n % 3}",
                    $"v-{n}",
                    n % 2 == 0 ? null : Now,
                    Now.AddHours(n + 1),
                    "r",
                    n % 5 == 0 ? null : $"f-{n}"
                )
                {
                    Kid = n % 4 == 0 ? "kid" : null,
                }),
        ];
        var list = new Blocklist(7, entries);
        Assert.Equal(list.Sha256, new Blocklist(7, entries.Reverse()).Sha256);
        Assert.NotEqual(list.Sha256, new Blocklist(8, entries).Sha256);
        Assert.NotEqual(list.Sha256, new Blocklist(7, entries[1..]).Sha256);
        var read = BlockDocuments.ReadList(BlockDocuments.Bytes(list));
        Assert.Equal((7, list.Sha256), (read.Number, read.Sha256));
        Assert.Equal(
            entries.Select(e => e.ToString()).Order(StringComparer.Ordinal),
            read.Entries.Select(e => e.ToString()).Order(StringComparer.Ordinal)
        );
        var published = BlockDocuments.ReadPublished(BlockDocuments.Bytes(new PublishedBlocks("prod", Now, Now.AddHours(1), list)));
        Assert.Equal((list.Sha256, Now.AddHours(1)), (published.List.Sha256, published.ValidUntil));
    }

    private static Blocklist With(BlockEntry entry) => Blocklist.Empty.With(new([entry], []), Now);
}
