using Rekey.Blocking.Publishing;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Blocking;

/// <summary>
/// A ledger that lacks what the published blocklist has: nothing is published and the finding stays open until two approvers accept the
/// ledger. Then every block that was published holds (B1).
/// </summary>
public sealed class CutBlocklistTests
{
    private const string Second = "5b0b1a4e-0000-4000-8000-0000000000fe";

    /// <summary>As the ledger grows again, its numbers pass the published one.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    public async Task However_many_changes_follow_the_finding_stays_until_two_approvers_accept(int changes)
    {
        var company = await CutAsync(kept: 1, gone: 2);
        var standing = company.Container.Current[BlockDocuments.Name];
        await BrokenAsync(company.NewProcess());
        for (var n = 0; n < changes; n++)
        {
            await company.NewProcess().Blocklist.ChangeAsync([Entries.Jti(company, $"new-{n}")], [], default);
            await BrokenAsync(company.NewProcess());
        }

        Assert.Same(standing, company.Container.Current[BlockDocuments.Name]);
        Assert.Contains(company.Findings.Open, f => f.Kind == "ledger-broken");

        var process = company.NewProcess();
        var decision = (await AskAsync(process))!;
        Assert.Equal(DecisionKinds.AcceptLedgerForBlocklist, decision.Kind);
        Assert.Equal(AnswerRefusal.InitiatorMayNotApprove, (await process.SayAsync(decision, approve: true, Company.Approver)).Refusal);
        await BrokenAsync(process);
        Assert.Null((await process.SayAsync(decision, approve: true, Second)).Refusal);

        var list = BlockingGateway.Full(company);
        Assert.Equal(
            [.. Enumerable.Range(0, 3).Select(n => $"old-{n}"), .. Enumerable.Range(0, changes).Select(n => $"new-{n}")],
            list.At(company.Now).Select(e => e.Value).OrderBy(v => v[0] == 'n').ThenBy(v => v, StringComparer.Ordinal)
        );
        Assert.True(list.Number > Math.Max(3, 1 + changes));
        Assert.DoesNotContain(company.Findings.Open, f => f.Kind == "ledger-broken");

        // And so it goes on: changes follow, and Rekey replaces the accepted list when an attacker restores it.
        Assert.Null(await AskAsync(company.NewProcess()));
        var last = await company.NewProcess().Blocklist.ChangeAsync([Entries.Jti(company, "later")], [], default);
        Assert.Equal(list.Number + 1, last);
        company.Container.Alter(BlockDocuments.Name, standing.Content.ToArray());
        await company.NewProcess().PublishBlocklist.PublishAsync(default);
        Assert.Equal(last, BlockingGateway.Full(company).Number);
        Assert.Equal(4 + changes, BlockingGateway.Full(company).At(company.Now).Count());
    }

    /// <summary>So many that no document of the ledger's own list is left.</summary>
    [Fact]
    public async Task With_very_many_lines_cut_every_published_block_holds()
    {
        var company = await CutAsync(kept: 1, gone: 9);
        var process = company.NewProcess();
        await process.SayAsync((await AskAsync(process))!, approve: true, Second);
        Assert.Equal(10, BlockingGateway.Full(company).At(company.Now).Count());
        Assert.Equal(11, BlockingGateway.Full(company).Number);
    }

    [Fact]
    public async Task Wherever_a_process_dies_the_answer_is_carried_out_once()
    {
        for (var (kill, wasKilled) = (1, true); wasKilled; kill++)
        {
            var company = await CutAsync(kept: 1, gone: 2);
            var process = company.NewProcess();
            var decision = (await AskAsync(process))!;
            await process.Answer.AnswerAsync(new(decision.Id, true, decision.PlanHash, Second, Reason: null), default);
            wasKilled = false;
            try
            {
                await company.NewProcess(new DiesAt(kill, afterIt: kill % 2 == 0)).PublishBlocklist.PublishAsync(default);
            }
            catch (ProcessDiedException)
            {
                wasKilled = true;
                await company.NewProcess().PublishBlocklist.PublishAsync(default);
            }

            Assert.Equal(3, BlockingGateway.Full(company).At(company.Now).Count());
            Assert.Single(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.LedgerAcceptedForBlocklist);
        }
    }

    [Fact]
    public async Task A_ledger_that_the_blocklist_does_not_contradict_needs_no_yes()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().Blocklist.ChangeAsync([Entries.Jti(company, "jti")], [], default);
        Assert.Null(await AskAsync(company.NewProcess()));
    }

    /// <summary>An honest publisher that died before its line, and changes that could not be published since, are no cut ledger.</summary>
    [Fact]
    public async Task Many_changes_after_a_publication_without_a_line_are_no_contradiction()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().Blocklist.ChangeAsync([Entries.Jti(company, "jti-0")], [], default);
        var bytes = company.Blobs.Segments[^1].Bytes;
        var line = bytes.LastIndexOf((byte)'\n', bytes.Count - 2) + 1;
        Assert.Equal(LedgerKinds.BlocklistPublished, company.VerifiedLedger()[^1].Entry.Kind);
        bytes.RemoveRange(line, bytes.Count - line);
        var published = company.Container.Current[BlockDocuments.Name].Content.ToArray();
        for (var n = 1; n <= 9; n++)
        {
            company.Container.Silent = true;
            await company.NewProcess().Blocklist.ChangeAsync([Entries.Jti(company, $"jti-{n}")], [], default);
            company.Container.Silent = false;
        }

        Assert.Equal(published, company.Container.Current[BlockDocuments.Name].Content.ToArray());
        await company.NewProcess().PublishBlocklist.PublishAsync(default);
        Assert.Equal(10, BlockingGateway.Full(company).At(company.Now).Count());
        Assert.DoesNotContain("ledger-broken", company.Findings.Kinds);
    }

    /// <summary>A company whose ledger lost the lines about the last changes of the blocklist.</summary>
    internal static async Task<Company> CutAsync(int kept, int gone)
    {
        var company = await Company.WithBaselineAsync();
        var keep = 0;
        for (var n = 0; n < kept + gone; n++)
        {
            keep = n == kept ? company.Blobs.Segments[^1].Bytes.Count : keep;
            await company.NewProcess().Blocklist.ChangeAsync([Entries.Jti(company, $"old-{n}")], [], default);
        }

        var bytes = company.Blobs.Segments[^1].Bytes;
        bytes.RemoveRange(keep, bytes.Count - keep);
        return company;
    }

    private static async Task<Decision?> AskAsync(Process process)
    {
        var head = await process.Ledger.HeadAsync(default);
        return await process.AskToAcceptForBlocklist.AskAsync(new(head.Lines, head.Hash), "no copy", Company.Approver, default);
    }

    private static async Task BrokenAsync(Process process) =>
        Assert.Equal(
            "ledger-broken",
            (await Assert.ThrowsAsync<CannotContinueException>(() => process.PublishBlocklist.PublishAsync(default))).Reason
        );
}
