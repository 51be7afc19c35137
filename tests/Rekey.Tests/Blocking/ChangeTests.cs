using CsCheck;
using Rekey.Blocking;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Blocking;

/// <summary>The blocklist under its writers.</summary>
public sealed class ChangeTests
{
    [Fact]
    public void Concurrent_writers_lose_nothing_and_number_without_a_hole() => Gen.Int[0, int.MaxValue].Sample(seed =>
    {
        var company = Company.Found();
        new Schedule(seed).Run(3, async (n, fate) =>
        {
            var process = company.NewProcess(fate);
            for (var round = 0; round < 3; round++)
            {
                var number = await process.Blocklist.ChangeAsync([Entries.Jti(company, $"own-{n}-{round}"), Entries.Jti(company, "of-everybody")], [], default);
                Assert.True(number > 0);
            }
        });

        // The one entry that all of them want was added once; everything else once each.
        var list = Gateway.Full(company);
        Assert.Equal(10, list.At(company.Now).Count());
        Assert.Equal(9, list.Number);
        Assert.Equal(9, company.VerifiedLedger().Count(l => l.Entry.Kind == LedgerKinds.BlocklistChanged));
        Assert.Equal(10, Gateway.Behind(company, 0).Sum(c => c.Item1.Add.Count));
    }, iter: 25, threads: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wherever_a_process_dies_all_of_a_change_stands_or_nothing(bool afterTheEffect)
    {
        for (var (n, done) = (1, false); !done; n++)
        {
            var company = Company.Found();
            await company.NewProcess().Blocklist.ChangeAsync([Entries.Jti(company, "first")], [], default);
            var doomed = company.NewProcess(new DiesAt(n, afterTheEffect));
            List<BlockEntry> add = [.. Enumerable.Range(0, 600).Select(i => Entries.Jti(company, $"long-enough-to-need-more-than-one-row-{i:0000}-{new string('x', 1900)}"))];
            List<string> remove = [Entries.Jti(company, "first").Id];
            try
            {
                await doomed.Blocklist.ChangeAsync(add, remove, default);
                done = true;
                Assert.InRange(doomed.Fate.Effects.Count, 4, 20);
            }
            catch (ProcessDiedException)
            {
                var left = (await company.NewProcess().ReadBlocklist.ReadAsync(default)).List;
                Assert.Contains(left.At(company.Now).Count(), new[] { 1, 600 });
            }

            // It is told again.
            var number = await company.NewProcess().Blocklist.ChangeAsync(add, remove, default);
            Assert.Equal(2, number);
            Assert.Equal(600, Gateway.Full(company).At(company.Now).Count());
            Assert.Equal(2, company.VerifiedLedger().Count(l => l.Entry.Kind == LedgerKinds.BlocklistChanged));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wherever_a_compaction_dies_the_list_is_the_same(bool afterTheEffect)
    {
        for (var (n, done) = (1, false); !done; n++)
        {
            var company = await WithOldChangesAsync();
            var before = Gateway.Text(Gateway.Full(company), company.Now);
            try
            {
                var doomed = company.NewProcess(new DiesAt(n, afterTheEffect));
                await doomed.CompactBlocklist.RunAsync(default);
                await doomed.PublishBlocklist.PublishAsync(default);
                done = true;
                Assert.True(doomed.Fate.Effects.Count > 6, $"Only {doomed.Fate.Effects.Count} effects.");
            }
            catch (ProcessDiedException)
            {
                // Another one comes to the timer.
            }

            Assert.Equal(before, Gateway.Text(Gateway.Full(company), company.Now));
            var heir = company.NewProcess();
            await heir.CompactBlocklist.RunAsync(default);
            await heir.PublishBlocklist.PublishAsync(default);
            Assert.Equal(before, Gateway.Text(Gateway.Full(company), company.Now));
            Assert.Equal(before, Gateway.Text((await company.NewProcess().ReadBlocklist.ReadAsync(default)).List, company.Now));
            Assert.Empty(company.Findings.Kinds);
        }
    }

    [Fact]
    public async Task Compaction_frees_the_room_and_an_old_cursor_gets_the_whole_list()
    {
        var company = await WithOldChangesAsync();
        var reader = Gateway.Full(company);
        var young = company.NewProcess();
        await young.Blocklist.ChangeAsync([Entries.Jti(company, "young")], [], default);
        var pieces = company.BlockPieces.All.Count(p => p.Content.Length > 0);
        await young.CompactBlocklist.RunAsync(default);
        await young.PublishBlocklist.PublishAsync(default);
        Assert.Equal(6, pieces);
        Assert.Equal(2, company.BlockPieces.All.Count(p => p.Content.Length > 0));

        Assert.Equal(5, Gateway.Changes(company).Base);
        var list = Gateway.Follow(company, reader, out var full);
        Assert.False(full);
        Assert.Equal(6, list.Number);
        Gateway.Follow(company, Blocklist.Empty, out full);
        Assert.True(full);

        // A process that had slept through it finds its way.
        Assert.Equal(6, (await company.NewProcess().ReadBlocklist.ReadAsync(default)).List.Number);
    }

    [Fact]
    public async Task What_stands_so_already_makes_no_change_and_what_has_expired_is_no_entry()
    {
        var company = Company.Found();
        var process = company.NewProcess();
        var entry = Entries.Jti(company, "jti");
        Assert.Equal(0, await process.Blocklist.ChangeAsync([Entries.Jti(company, "old", minutes: -1)], ["nothing"], default));
        Assert.Equal(1, await process.Blocklist.ChangeAsync([entry], [], default));
        Assert.Equal(1, await process.Blocklist.ChangeAsync([entry, entry], [Entries.Jti(company, "old").Id], default));
        Assert.Equal(2, await process.Blocklist.ChangeAsync([entry with { Reason = "altered" }], [], default));
        Assert.Equal(3, await process.Blocklist.ChangeAsync([], [entry.Id], default));
        Assert.Equal(3, await process.Blocklist.ChangeAsync([], [entry.Id], default));
        Assert.Equal(4, await process.Blocklist.ChangeAsync([entry], [entry.Id], default));
        company.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(4, await process.Blocklist.ChangeAsync([], [entry.Id], default));
        Assert.Empty(Gateway.Full(company).At(company.Now));
    }

    [Fact]
    public async Task The_ledger_has_numbers_and_hashes_and_no_token()
    {
        var company = Company.Found();
        await company.NewProcess().Blocklist.ChangeAsync([Entries.Jti(company, "secret-jti"), new(BlockKind.Subject, Entries.Issuer, "secret-subject", company.Now, company.Now.AddHours(1), "decided", null)], [], default);
        var ledger = System.Text.Encoding.UTF8.GetString(company.Blobs.All.Span);
        Assert.Contains("\"added\":\"2\"", ledger, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", ledger, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BlockKind.Subject, "s", false)]
    [InlineData(BlockKind.Kid, "k", false)]
    [InlineData(BlockKind.Token, "", true)]
    [InlineData(BlockKind.SigningInput, "ABCDEF", true)]
    public async Task An_entry_that_could_lock_out_more_than_it_names_is_refused(BlockKind kind, string value, bool bounded)
    {
        var company = Company.Found();
        var entry = new BlockEntry(kind, Entries.Issuer, value, bounded ? company.Now : null, company.Now.AddHours(1), "decided", null);
        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => company.NewProcess().Blocklist.ChangeAsync([entry], [], default));
        Assert.Equal("block-entry-wrong", refused.Reason);
    }

    private static async Task<Company> WithOldChangesAsync()
    {
        var company = Company.Found(configure: o => o.Blocking.CompactAfter = 3);
        var process = company.NewProcess();
        for (var n = 0; n < 5; n++)
        {
            await process.Blocklist.ChangeAsync([Entries.Jti(company, $"jti-{n}", minutes: 60 * (n + 1))], [], default);
        }

        company.Clock.Advance(TimeSpan.FromMinutes(90));
        return company;
    }
}
