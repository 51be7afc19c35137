using System.Text;
using Rekey.Blocking;
using Rekey.Blocking.Publishing;
using Rekey.Core;
using Rekey.Tests.Doubles;
using Rekey.Trust.Documents;

namespace Rekey.Tests.Blocking;

/// <summary>Whoever writes the published list, or even the files beside the ledger, neither unblocks a token nor blocks one (T9).</summary>
public sealed class TamperedBlocklistTests
{
    public static TheoryData<string> Deeds => ["deleted", "altered", "emptied", "too long", "put in another's place"];

    [Theory]
    [MemberData(nameof(Deeds))]
    public async Task A_document_that_is_spoilt_is_restored_from_the_published_list_and_reported(string deed)
    {
        var company = await BlockedAsync();
        company.BlockFiles.Tamper(company.BlockFiles.Lists, Spoil(deed));
        var heir = company.NewProcess();
        await heir.Blocklist.ChangeAsync([Entries.Jti(company, "another")], [], default);
        Assert.Equal(["another", "jti-0", "jti-1"], BlockingGateway.Full(company).At(company.Now).Select(e => e.Value).Order());
        Assert.Equal("blocklist-altered", Assert.Single(company.Findings.Kinds.Distinct()));

        // It is whole again: the next one reads documents alone.
        company.Findings.ById.Clear();
        Assert.Equal(3, (await company.NewProcess().ReadBlocklist.ReadAsync(default)).Number);
        Assert.Empty(company.Findings.Kinds);
    }

    [Theory]
    [MemberData(nameof(Deeds))]
    public async Task A_document_that_nothing_can_restore_is_refused_and_nothing_is_published(string deed)
    {
        var company = await BlockedAsync();
        var published = company.Container.Current[BlockDocuments.Name];
        company.BlockFiles.Tamper(company.BlockFiles.Lists, Spoil(deed));
        company.Container.Current.Remove(BlockDocuments.Name);
        var process = company.NewProcess();
        Assert.Equal(
            "blocklist-altered",
            (await Assert.ThrowsAsync<CannotContinueException>(() => process.PublishBlocklist.PublishAsync(default))).Reason
        );
        Assert.Equal(
            "blocklist-altered",
            (
                await Assert.ThrowsAsync<CannotContinueException>(() =>
                    process.Blocklist.ChangeAsync([Entries.Jti(company, "x")], [], default)
                )
            ).Reason
        );
        Assert.Contains("blocklist-altered", company.Findings.Kinds);
        Assert.False(company.Container.Current.ContainsKey(BlockDocuments.Name));

        // The document comes back from a backup, and all is well.
        company.Container.Current[BlockDocuments.Name] = published;
        await process.PublishBlocklist.PublishAsync(default);
        Assert.Equal(2, BlockingGateway.Full(company).At(company.Now).Count());
    }

    /// <summary>What is published is no source of a list that the ledger does not name, whoever signed it.</summary>
    [Fact]
    public async Task A_list_is_not_restored_from_another_one()
    {
        var company = await BlockedAsync();
        company.BlockFiles.Tamper(company.BlockFiles.Lists, _ => null);
        foreach (var other in new[] { new Blocklist(2, []), new Blocklist(1, BlockingGateway.Full(company).Entries) })
        {
            company.Container.Alter(
                BlockDocuments.Name,
                await SignedDocument.SignAsync(
                    company.Signer,
                    BlockDocuments.Type,
                    BlockDocuments.Bytes(new PublishedBlocks("prod", company.Now, company.Now.AddHours(12), other)),
                    default
                )
            );
            Assert.Equal(
                "blocklist-altered",
                (await Assert.ThrowsAsync<CannotContinueException>(() => company.NewProcess().ReadBlocklist.ReadAsync(default))).Reason
            );
        }
    }

    /// <summary>The published document is read without its signature when the list's own is lost: nothing in it may be an error.</summary>
    [Theory]
    [InlineData("9000000000000000000")]
    [InlineData("-9000000000000000000")]
    [InlineData("1e3")]
    [InlineData("\"soon\"")]
    public async Task A_time_that_is_none_makes_the_published_document_no_list(string time)
    {
        var company = await BlockedAsync();
        company.BlockFiles.Tamper(company.BlockFiles.Lists, _ => null);
        var payload = Encoding.UTF8.GetString(
            BlockDocuments.Bytes(new PublishedBlocks("prod", company.Now, company.Now.AddHours(12), new(2, [Entries.Jti(company, "a")])))
        );
        var expires = Entries.Jti(company, "a").ExpiresAt.ToUnixTimeSeconds();
        Assert.Contains($"{expires}", payload, StringComparison.Ordinal);
        var altered = Encoding.UTF8.GetBytes(payload.Replace($"{expires}", time, StringComparison.Ordinal));
        company.Container.Alter(BlockDocuments.Name, await SignedDocument.SignAsync(company.Signer, BlockDocuments.Type, altered, default));
        var error = await Assert.ThrowsAsync<CannotContinueException>(() => company.NewProcess().ReadBlocklist.ReadAsync(default));
        Assert.Equal("blocklist-altered", error.Reason);
        Assert.Contains("blocklist-altered", company.Findings.Kinds);
    }

    [Fact]
    public async Task Documents_that_somebody_adds_are_no_list()
    {
        var company = await BlockedAsync();
        foreach (var forged in new[] { new Blocklist(2, []), new Blocklist(3, []) })
        {
            company.BlockFiles.Current[BlockDocuments.FileOf(new(forged.Number, forged.Sha256))] = BlockDocuments.Bytes(forged);
        }

        var process = company.NewProcess();
        await process.PublishBlocklist.PublishAsync(default);
        Assert.Equal(2, BlockingGateway.Full(company).At(company.Now).Count());
        Assert.Equal(3, await process.Blocklist.ChangeAsync([Entries.Jti(company, "jti-3")], [], default));
        Assert.Equal(3, BlockingGateway.Full(company).At(company.Now).Count());
    }

    [Theory]
    [InlineData("another signature")]
    [InlineData("another payload")]
    [InlineData("an earlier one")]
    [InlineData("cut short")]
    public async Task A_published_list_that_somebody_replaces_is_published_again(string deed)
    {
        var company = Company.Found();
        var process = company.NewProcess();
        await process.Blocklist.ChangeAsync([Entries.Jti(company, "jti-0")], [], default);
        var earlier = company.Container.Current[BlockDocuments.Name].Content.ToArray();
        await process.Blocklist.ChangeAsync([Entries.Jti(company, "jti-1")], [], default);
        var good = System.Text.Encoding.ASCII.GetString(company.Container.Current[BlockDocuments.Name].Content.Span).Split('.');
        var payload = System.Buffers.Text.Base64Url.EncodeToString(
            BlockDocuments.Bytes(new PublishedBlocks("prod", company.Now, company.Now.AddHours(12), new(2, [])))
        );
        company.Container.Alter(
            BlockDocuments.Name,
            deed switch
            {
                "another signature" => System.Text.Encoding.ASCII.GetBytes($"{good[0]}.{good[1]}.{good[2][..^8]}AAAAAAAA"),
                "another payload" => System.Text.Encoding.ASCII.GetBytes($"{good[0]}.{payload}.{good[2]}"),
                "an earlier one" => earlier,
                _ => System.Text.Encoding.ASCII.GetBytes($"{good[0]}.{good[1][..^8]}.{good[2]}"),
            }
        );
        await company.NewProcess().PublishBlocklist.PublishAsync(default);
        Assert.Equal(2, BlockingGateway.Full(company).At(company.Now).Count());
        Assert.Contains("document-altered", company.Findings.Kinds);
    }

    private static async Task<Company> BlockedAsync()
    {
        var company = Company.Found();
        var process = company.NewProcess();
        await process.Blocklist.ChangeAsync([Entries.Jti(company, "jti-0")], [], default);
        await process.Blocklist.ChangeAsync([Entries.Jti(company, "jti-1")], [], default);
        return company;
    }

    private static Func<string, string?> Spoil(string deed) =>
        deed switch
        {
            "deleted" => _ => null,
            "altered" => p => p.Replace("jti-1", "jti-2", StringComparison.Ordinal),
            "emptied" => _ => "",
            "too long" => p => p + " ",
            _ => _ => "{}",
        };
}
