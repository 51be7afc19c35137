using CsCheck;
using Rekey.Blocking;
using Rekey.Blocking.Publishing;
using Rekey.Blocking.Record;
using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Support;

namespace Rekey.Tests.Blocking;

/// <summary>The blocklist under its writers.</summary>
public sealed class ChangeTests
{
    [Fact]
    public void Concurrent_writers_lose_nothing_and_number_without_a_hole() =>
        Gen.Int[0, int.MaxValue]
            .Sample(
                seed =>
                {
                    var company = Company.Found();
                    new Schedule(seed).Run(3, async (n, fate) =>
                    {
                        var process = company.NewProcess(fate);
                        for (var round = 0; round < 3; round++)
                        {
                            var number = await process.Blocklist.ChangeAsync(
                                [Entries.Jti(company, $"own-{n}-{round}"), Entries.Jti(company, "of-everybody")],
                                [],
                                default
                            );
                            Assert.True(number > 0);
                        }
                    });

                    // The one entry that all of them want was added once; everything else once each.
                    var list = BlockingGateway.Full(company);
                    Assert.Equal(10, list.At(company.Now).Count());
                    Assert.Equal(9, list.Number);
                    Assert.Equal(9, company.VerifiedLedger().Count(l => l.Entry.Kind == LedgerKinds.BlocklistChanged));
                    Assert.Equal(
                        10,
                        company
                            .VerifiedLedger()
                            .Where(l => l.Entry.Kind == LedgerKinds.BlocklistChanged)
                            .Sum(l => int.Parse(l.Entry.Facts["added"], System.Globalization.CultureInfo.InvariantCulture))
                    );
                },
                iter: Runs.Of(10),
                threads: 1
            );

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
            List<BlockEntry> add = [.. Enumerable.Range(0, 600).Select(i => Entries.Jti(company, $"{i:0000}-{new string('x', 1900)}"))];
            List<string> remove = [Entries.Jti(company, "first").Id];
            try
            {
                await doomed.Blocklist.ChangeAsync(add, remove, default);
                done = true;
                Assert.InRange(doomed.Fate.Effects.Count, 4, 20);
            }
            catch (ProcessDiedException)
            {
                var left = await company.NewProcess().ReadBlocklist.ReadAsync(default);
                Assert.Contains(left.At(company.Now).Count(), new[] { 1, 600 });
            }

            // It is told again.
            var number = await company.NewProcess().Blocklist.ChangeAsync(add, remove, default);
            Assert.Equal(2, number);
            Assert.Equal(600, BlockingGateway.Full(company).At(company.Now).Count());
            Assert.Equal(2, company.VerifiedLedger().Count(l => l.Entry.Kind == LedgerKinds.BlocklistChanged));
        }
    }

    /// <summary>Its document is there before the ledger says so, and nobody takes it for the list.</summary>
    [Fact]
    public async Task A_document_that_the_ledger_does_not_name_is_no_list()
    {
        var company = Company.Found();
        await company.NewProcess().Blocklist.ChangeAsync([Entries.Jti(company, "first")], [], default);
        await Assert.ThrowsAsync<ProcessDiedException>(() =>
            company.NewProcess(new DiesAt(1, afterIt: true)).Blocklist.ChangeAsync([Entries.Jti(company, "stray")], [], default)
        );
        Assert.Equal(2, company.BlockFiles.Lists.Count());
        Assert.Equal("first", Assert.Single((await company.NewProcess().ReadBlocklist.ReadAsync(default)).Entries).Value);

        // Another list takes its number, and it goes when its time comes.
        for (var n = 0; n < BlockHistory.Kept; n++)
        {
            Assert.Equal(n + 2, await company.NewProcess().Blocklist.ChangeAsync([Entries.Jti(company, $"next-{n}")], [], default));
        }

        Assert.Equal(BlockHistory.Kept + 1, company.BlockFiles.Lists.Count());
        await company.NewProcess().Blocklist.ChangeAsync([Entries.Jti(company, "last")], [], default);
        Assert.Equal(BlockHistory.Kept, company.BlockFiles.Lists.Count());
        Assert.DoesNotContain("stray", BlockingGateway.Full(company).Entries.Select(e => e.Value));
    }

    /// <summary>Somebody who sleeps between document and line, and wakes when others have gone on, has changed nothing and begins
    /// anew.</summary>
    [Fact]
    public async Task A_writer_who_slept_takes_nothing_back()
    {
        var company = Company.Found();
        var asleep = new SleepsAfter("keep lists");
        var slow = company.NewProcess(asleep).Blocklist.ChangeAsync([Entries.Jti(company, "slow")], [], default);
        await asleep.Asleep;
        for (var n = 0; n <= BlockHistory.Kept; n++)
        {
            await company.NewProcess().Blocklist.ChangeAsync([Entries.Jti(company, $"fast-{n}")], [], default);
        }

        asleep.Wake();
        Assert.Equal(BlockHistory.Kept + 2, await slow);
        Assert.Equal(BlockHistory.Kept + 2, BlockingGateway.Full(company).At(company.Now).Count());
    }

    /// <summary>A line that comes so late that the ledger does not see its number was taken is void.</summary>
    [Fact]
    public void A_state_that_does_not_follow_is_void()
    {
        var history = new BlockHistory([]).With(new BlockFact(1, "a")).With(new BlockFact(2, "b"));
        Assert.Same(history, history.With(new BlockFact(1, "c")));
        Assert.Same(history, history.With(new BlockFact(2, "c")));
        Assert.Same(history, history.With(new BlockFact(4, "c")));
        Assert.Equal(new(2, "b"), history.Current);
    }

    [Fact]
    public async Task Long_expired_entries_leave_the_list_although_nobody_changes_it()
    {
        var company = Company.Found();
        var process = company.NewProcess();
        await process.Blocklist.ChangeAsync([Entries.Jti(company, "old"), Entries.Jti(company, "young", minutes: 60 * 72)], [], default);
        company.Clock.Advance(TimeSpan.FromHours(24));
        await process.DropSuperfluousBlocks.RunAsync((_, _) => false, default);
        Assert.Equal(2, (await process.ReadBlocklist.ReadAsync(default)).Entries.Count());
        company.Clock.Advance(TimeSpan.FromHours(2));
        await process.DropSuperfluousBlocks.RunAsync((_, _) => false, default);
        Assert.Equal("young", Assert.Single(BlockingGateway.Full(company).Entries).Value);
        await process.DropSuperfluousBlocks.RunAsync((_, _) => false, default);
        Assert.Equal(2, BlockingGateway.Full(company).Number);
    }

    [Fact]
    public async Task A_list_that_nobody_could_read_is_not_written()
    {
        var company = Company.Found();
        var process = company.NewProcess();
        await process.Blocklist.ChangeAsync([Entries.Jti(company, "first")], [], default);
        List<BlockEntry> many =
        [
            .. Enumerable
                .Range(0, (BlockDocuments.MaxBytes / 2000) + 1)
                .Select(n => Entries.Jti(company, $"{n:00000}{new string('x', 2000)}")),
        ];
        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => process.Blocklist.ChangeAsync(many, [], default));
        Assert.Equal("blocklist-too-long", refused.Reason);
        Assert.Equal("first", Assert.Single((await company.NewProcess().ReadBlocklist.ReadAsync(default)).Entries).Value);
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
        Assert.Empty(BlockingGateway.Full(company).At(company.Now));
    }

    /// <summary>Approved blocks are carried out in no order: an earlier one that comes late must not let tokens in again.</summary>
    [Theory]
    [InlineData(0, 30, 60)]
    [InlineData(60, 30, 0)]
    [InlineData(30, 60, 0)]
    public async Task A_block_never_weakens_the_one_that_stands(params int[] minutes)
    {
        var company = Company.Found();
        var process = company.NewProcess();
        var start = BlockRules.WholeSeconds(company.Now);
        foreach (var m in minutes)
        {
            var before = start.AddMinutes(m);
            await process.Blocklist.ChangeAsync(
                [new(BlockKind.Subject, Entries.Issuer, "anna", before, before.AddHours(1), "decided", FindingId: null)],
                [],
                default
            );
        }

        var entry = Assert.Single(BlockingGateway.Full(company).At(company.Now));
        Assert.Equal((start.AddMinutes(60), start.AddMinutes(120)), (entry.IssuedBefore, entry.ExpiresAt));
    }

    [Fact]
    public async Task The_ledger_has_numbers_and_hashes_and_no_token()
    {
        var company = Company.Found();
        await company
            .NewProcess()
            .Blocklist.ChangeAsync(
                [
                    Entries.Jti(company, "secret-jti"),
                    new(BlockKind.Subject, Entries.Issuer, "secret-subject", company.Now, company.Now.AddHours(1), "decided", null),
                ],
                [],
                default
            );
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
        var refused = await Assert.ThrowsAsync<CannotContinueException>(() =>
            company.NewProcess().Blocklist.ChangeAsync([entry], [], default)
        );
        Assert.Equal("block-entry-wrong", refused.Reason);
    }
}
