using Rekey.Blocking;
using Rekey.Tests.Doubles;
using Rekey.Trust;

namespace Rekey.Tests.Blocking;

/// <summary>Whoever can write to the state account neither unblocks a token nor blocks one (T9).</summary>
public sealed class TamperedBlocklistTests
{
    public static TheoryData<string> Deeds => ["deleted", "altered", "emptied", "put in another's place"];

    [Theory]
    [MemberData(nameof(Deeds))]
    public async Task A_row_that_is_spoilt_is_restored_from_the_signed_document_and_reported(string deed)
    {
        var company = await BlockedAsync();
        company.BlockPieces.Tamper(Spoil(deed));
        var heir = company.NewProcess();
        await heir.Blocklist.ChangeAsync([Entries.Jti(company, "another")], [], default);
        Assert.Equal(["another", "jti-0", "jti-1"], Gateway.Full(company).At(company.Now).Select(e => e.Value).Order());
        Assert.Equal("blocklist-altered", Assert.Single(company.Findings.Kinds.Distinct()));

        // It is whole again: the next one reads rows alone.
        company.Findings.ById.Clear();
        Assert.Equal(3, (await company.NewProcess().ReadBlocklist.ReadAsync(default)).List.Number);
        Assert.Empty(company.Findings.Kinds);
    }

    [Theory]
    [MemberData(nameof(Deeds))]
    public async Task A_row_that_nothing_signed_can_restore_is_refused_and_the_published_list_stays(string deed)
    {
        var company = await BlockedAsync();
        var published = company.Container.Current[BlockDocuments.ChangesName];
        company.BlockPieces.Tamper(Spoil(deed));
        company.Container.Current.Remove(BlockDocuments.ChangesName);
        var process = company.NewProcess();
        Assert.Equal("blocklist-altered", (await Assert.ThrowsAsync<CannotContinueException>(() => process.PublishBlocklist.PublishAsync(default))).Reason);
        Assert.Equal("blocklist-altered", (await Assert.ThrowsAsync<CannotContinueException>(() => process.Blocklist.ChangeAsync([Entries.Jti(company, "x")], [], default))).Reason);
        Assert.Contains("blocklist-altered", company.Findings.Kinds);
        Assert.False(company.Container.Current.ContainsKey(BlockDocuments.ChangesName));

        // The document comes back from a backup, and all is well.
        company.Container.Current[BlockDocuments.ChangesName] = published;
        await process.PublishBlocklist.PublishAsync(default);
        Assert.Equal(2, Gateway.Full(company).At(company.Now).Count());
    }

    [Theory]
    [MemberData(nameof(Deeds))]
    public async Task People_see_what_can_be_read_and_which_piece_cannot(string deed)
    {
        var company = await BlockedAsync();
        var process = company.NewProcess();
        var whole = await process.ReadBlocklist.ReadWhatCanBeAsync(default);
        Assert.Equal((2, 0), (whole.List.At(company.Now).Count(), whole.Unreadable.Count));
        var first = BlockDocuments.Hash(BlockDocuments.Bytes(Gateway.Behind(company, 0).First().Item1));
        company.BlockPieces.Tamper(p => p.Hash == first ? Spoil(deed)(p) : p);
        company.Container.Current.Remove(BlockDocuments.ChangesName);

        var (list, unreadable) = await company.NewProcess().ReadBlocklist.ReadWhatCanBeAsync(default);
        Assert.Equal(["jti-1"], list.At(company.Now).Select(e => e.Value));
        Assert.Equal([first], unreadable);
    }

    [Fact]
    public async Task Rows_that_somebody_adds_are_no_change()
    {
        var company = await BlockedAsync();
        var forged = BlockDocuments.Bytes(new BlockChange("prod", 3, Gateway.Full(company).Chain, company.Now, [], [Entries.Jti(company, "jti-0").Id]));
        await new MemoryRecords<BlockPiece>(company.BlockPieces, Fate.Immortal).InsertAsync(new(BlockDocuments.Hash(forged), 0, 1, forged), default);
        var process = company.NewProcess();
        await process.PublishBlocklist.PublishAsync(default);
        Assert.Equal(2, Gateway.Full(company).At(company.Now).Count());
        Assert.Equal(3, await process.Blocklist.ChangeAsync([Entries.Jti(company, "jti-3")], [], default));
        Assert.Equal(3, Gateway.Full(company).At(company.Now).Count());
    }

    [Fact]
    public async Task Documents_that_somebody_replaces_are_refused_by_readers_and_published_again()
    {
        var company = await BlockedAsync();
        var good = Gateway.Changes(company);
        foreach (var bad in new[] { good with { Changes = [good.Changes[1], good.Changes[0]] }, new PublishedChanges(1, 0, [good.Changes[1]]), good with { Changes = [good.Changes[0], good.Changes[1][..^8] + "AAAAAAAA"] } })
        {
            company.Container.Alter(BlockDocuments.ChangesName, bad.Bytes());
            Assert.Throws<CannotContinueException>(() => Gateway.Full(company));
            await company.NewProcess().PublishBlocklist.PublishAsync(default);
            Assert.Equal(2, Gateway.Full(company).At(company.Now).Count());
        }
    }

    [Fact]
    public async Task A_change_of_another_key_is_signed_anew()
    {
        var company = await BlockedAsync();
        var other = new DocumentSigner();
        var foreign = await SignedDocument.SignAsync(other, BlockDocuments.ChangeType, Gateway.Behind(company, 0).Select(c => BlockDocuments.Bytes(c.Item1)).First(), default);
        var changes = Gateway.Changes(company);
        company.Container.Alter(BlockDocuments.ChangesName, new PublishedChanges(2, 0, [System.Text.Encoding.ASCII.GetString(foreign), changes.Changes[1]]).Bytes());
        company.Container.Alter(BlockDocuments.BaseName, new PublishedBase(0, [System.Text.Encoding.ASCII.GetString(await SignedDocument.SignAsync(other, BlockDocuments.BaseType, BlockDocuments.Bytes(Blocklist.Empty.ToBase("prod", company.Now)[0]), default))]).Bytes());
        await company.NewProcess().PublishBlocklist.PublishAsync(default);
        Assert.Equal(2, Gateway.Full(company).At(company.Now).Count());
    }

    private static async Task<Company> BlockedAsync()
    {
        var company = Company.Found();
        var process = company.NewProcess();
        await process.Blocklist.ChangeAsync([Entries.Jti(company, "jti-0")], [], default);
        await process.Blocklist.ChangeAsync([Entries.Jti(company, "jti-1")], [], default);
        return company;
    }

    private static Func<BlockPiece, BlockPiece?> Spoil(string deed)
    {
        byte[]? first = null;
        return deed switch
        {
            "deleted" => _ => null,
            "altered" => p => p with { Content = [.. p.Content[..^1], (byte)' '] },
            "emptied" => p => p with { Content = [], Count = 0 },
            _ => p => p with { Content = first ??= "{}"u8.ToArray() },
        };
    }
}
