using System.Text;
using Moq;
using Rekey.Blocking;
using Rekey.Blocking.Proposals;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Blocking;

/// <summary>People block by decision: one asks, another agrees.</summary>
public sealed class DecidedBlockTests
{
    private const string Operator = "5b0b1a4e-0000-4000-8000-0000000000ee";

    [Fact]
    public async Task A_subject_is_blocked_after_a_yes_with_bounds_and_not_before()
    {
        var company = Company.Found();
        var process = company.NewProcess();
        var decision = await process.ProposeBlock.BlockAsync(
            BlockKind.Subject,
            "login",
            "somebody",
            issuedBefore: null,
            "stolen laptop",
            Operator,
            default
        );
        Assert.Equal(AnswerRefusal.InitiatorMayNotApprove, (await process.SayAsync(decision, approve: true, by: Operator)).Refusal);
        Assert.Empty((await process.ReadBlocklist.ReadAsync(default)).At(company.Now));

        await process.SayAsync(decision, approve: true);
        var entry = Assert.Single(BlockingGateway.Full(company).At(company.Now));
        Assert.Equal(
            (BlockKind.Subject, "https://login.example", "somebody", "decided"),
            (entry.Kind, entry.Issuer, entry.Value, entry.Reason)
        );
        Assert.Equal(company.Now, entry.IssuedBefore);
        Assert.Equal(company.Now + company.Options.Trust.MaxTokenLifetime + company.Options.Trust.ClockSkew, entry.ExpiresAt);
        Assert.DoesNotContain("somebody", System.Text.Encoding.UTF8.GetString(company.Blobs.All.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_no_changes_nothing_and_an_answer_that_nobody_carried_out_is_found_by_the_timer()
    {
        var company = Company.Found();
        var process = company.NewProcess();
        var no = await process.ProposeBlock.BlockAsync(BlockKind.Token, "login", "jti-no", null, "why", Operator, default);
        var yes = await process.ProposeBlock.BlockAsync(BlockKind.Token, "login", "jti-yes", null, "why", Operator, default);
        var late = await process.ProposeBlock.BlockAsync(BlockKind.Token, "login", "jti-late", null, "why", Operator, default);
        await process.Answer.AnswerAsync(new(no.Id, false, no.PlanHash, Company.Approver, null), default);
        await process.Answer.AnswerAsync(new(yes.Id, true, yes.PlanHash, Company.Approver, null), default);
        await company.NewProcess().CarryOutBlocks.RunAsync(default);
        Assert.Equal("jti-yes", Assert.Single(BlockingGateway.Full(company).At(company.Now)).Value);

        company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
        Assert.Equal(AnswerRefusal.Expired, (await process.SayAsync(late, approve: true)).Refusal);
        await company.NewProcess().SettleDecisions.RunAsync(default);
        await company.NewProcess().CarryOutBlocks.RunAsync(default);
        Assert.Empty(company.BlockFiles.Proposals);
        Assert.Equal(1, BlockingGateway.Full(company).Number);
    }

    /// <summary>The approver said yes to the entry that they were shown. Another finding, reason or time is another entry.</summary>
    [Theory]
    [InlineData("reason")]
    [InlineData("finding")]
    [InlineData("expiry")]
    public async Task An_entry_that_changed_since_the_approver_was_shown_it_stays(string what)
    {
        var company = Company.Found();
        var process = company.NewProcess();
        var shown = Entries.Jti(company, "jti-1");
        await process.Blocklist.ChangeAsync([shown], [], default);
        var decision = (await process.ProposeBlock.UnblockAsync(shown.Id, "why", Operator, default))!;
        var other = what switch
        {
            "reason" => shown with { Reason = "forged-signature" },
            "finding" => shown with { FindingId = "finding-2" },
            _ => shown with { ExpiresAt = shown.ExpiresAt.AddMinutes(1) },
        };
        await process.Blocklist.ChangeAsync([other], [shown.Id], default);

        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => process.SayAsync(decision, approve: true));
        Assert.Equal("block-changed", refused.Reason);
        await company.NewProcess().CarryOutBlocks.RunAsync(default);
        Assert.Equal(other, Assert.Single(BlockingGateway.Full(company).At(company.Now)));
        var next = (await process.ProposeBlock.UnblockAsync(shown.Id, "why", Operator, default))!;
        Assert.NotEqual(decision.Id, next.Id);
        await process.SayAsync(next, approve: true);
        Assert.Empty(BlockingGateway.Full(company).At(company.Now));
    }

    /// <summary>An approval counts once, although entry and times are the same again.</summary>
    [Fact]
    public async Task A_block_that_was_ended_is_a_new_question()
    {
        var company = Company.Found();
        var process = company.NewProcess();
        var (asked, before) = (new HashSet<string>(StringComparer.Ordinal), company.Now);
        for (var turn = 0; turn < 3; turn++)
        {
            var block = await BlockAsync();
            Assert.True(asked.Add(block.Id) && block.State is DecisionState.Pending);
            Assert.Equal(block.Id, (await BlockAsync()).Id);
            Assert.Null((await process.SayAsync(block, approve: true)).Refusal);
            var entry = Assert.Single(BlockingGateway.Full(company).At(company.Now));
            var standing = await BlockAsync();
            Assert.True(asked.Contains(standing.Id) && standing.State is DecisionState.Approved);

            var unblock = (await process.ProposeBlock.UnblockAsync(entry.Id, "why", Operator, default))!;
            Assert.True(asked.Add(unblock.Id) && unblock.State is DecisionState.Pending);
            Assert.Null((await process.SayAsync(unblock, approve: true)).Refusal);
            Assert.Empty(BlockingGateway.Full(company).At(company.Now));
        }

        Task<Decision> BlockAsync() =>
            process.ProposeBlock.BlockAsync(BlockKind.Subject, "login", "somebody", before, "why", Operator, default);
    }

    [Theory]
    [InlineData(DecisionState.Declined)]
    [InlineData(DecisionState.Lapsed)]
    public async Task A_no_that_only_a_row_says_ends_no_proposal(DecisionState claimed)
    {
        var company = Company.Found();
        var process = company.NewProcess();
        var decision = await process.ProposeBlock.BlockAsync(BlockKind.Token, "login", "jti-1", null, "why", Operator, default);
        company.Decisions.Tamper(d => d with { State = claimed, AnsweredBy = Company.Approver, AnsweredAt = company.Now });
        await process.CarryOutBlocks.RunAsync(default);
        Assert.Single(company.BlockFiles.Proposals);
        Assert.Null((await process.SayAsync(decision, approve: true)).Refusal);
        Assert.Equal("jti-1", Assert.Single(BlockingGateway.Full(company).At(company.Now)).Value);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_plan_that_nobody_was_asked_about_goes_after_a_while_and_one_that_cannot_be_read_at_once(string? body)
    {
        var company = Company.Found();
        await Assert.ThrowsAsync<ProcessDiedException>(() =>
            company
                .NewProcess(new DiesAt(1, afterIt: true))
                .ProposeBlock.BlockAsync(BlockKind.Token, "login", "jti-1", null, "why", Operator, default)
        );
        company.BlockFiles.Tamper(company.BlockFiles.Proposals, p => body ?? p);
        company.Clock.Advance(TimeSpan.FromMinutes(59));
        await company.NewProcess().CarryOutBlocks.RunAsync(default);
        Assert.Equal(body is null ? 1 : 0, company.BlockFiles.Proposals.Count());
        company.Clock.Advance(TimeSpan.FromMinutes(1));
        await company.NewProcess().CarryOutBlocks.RunAsync(default);
        Assert.Empty(company.BlockFiles.Proposals);
    }

    [Fact]
    public async Task Unblocking_is_a_decision_too_and_a_new_question_each_time()
    {
        var company = Company.Found();
        var process = company.NewProcess();
        var entry = Entries.Jti(company, "jti-1");
        await process.Blocklist.ChangeAsync([entry], [], default);
        Assert.Null(await process.ProposeBlock.UnblockAsync("no such id", "why", Operator, default));
        var first = (await process.ProposeBlock.UnblockAsync(entry.Id, "why", Operator, default))!;
        Assert.Equal(first.Id, (await process.ProposeBlock.UnblockAsync(entry.Id, "why", Operator, default))!.Id);
        Assert.Single(BlockingGateway.Full(company).At(company.Now));
        await process.SayAsync(first, approve: true);
        Assert.Empty(BlockingGateway.Full(company).At(company.Now));

        await process.Blocklist.ChangeAsync([entry], [], default);
        var second = (await process.ProposeBlock.UnblockAsync(entry.Id, "why", Operator, default))!;
        Assert.NotEqual(first.Id, second.Id);
        await process.SayAsync(second, approve: true);
        Assert.Empty(BlockingGateway.Full(company).At(company.Now));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_lapsed_or_was_declined_is_asked_again_when_somebody_proposes_it_again(bool declines)
    {
        var company = Company.Found();
        var process = company.NewProcess();
        var entry = Entries.Jti(company, "jti-1", minutes: 600);
        await process.Blocklist.ChangeAsync([entry], [], default);
        var first = (await process.ProposeBlock.UnblockAsync(entry.Id, "why", Operator, default))!;
        if (declines)
        {
            await process.SayAsync(first, approve: false);
        }
        else
        {
            company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
        }

        var second = (await process.ProposeBlock.UnblockAsync(entry.Id, "why", Operator, default))!;
        Assert.Equal((DecisionState.Pending, false), (second.StateAt(company.Now), second.Id == first.Id));
        await process.SayAsync(second, approve: true);
        Assert.Empty(BlockingGateway.Full(company).At(company.Now));
    }

    /// <summary>Such as one too many for the list: it is tried again, and stays on record as not carried out.</summary>
    [Fact]
    public async Task A_block_that_cannot_be_carried_out_holds_up_no_other()
    {
        var company = Company.Found();
        var process = company.NewProcess();
        foreach (var jti in new[] { "jti-1", "jti-2" })
        {
            var asked = await process.ProposeBlock.BlockAsync(BlockKind.Token, "login", jti, null, "why", Operator, default);
            await process.Answer.AnswerAsync(new(asked.Id, true, asked.PlanHash, Company.Approver, null), default);
        }

        var tried = new List<string>();
        var list = new Mock<IBlocklist>();
        list.Setup(l =>
                l.ChangeAsync(It.IsAny<IReadOnlyList<BlockEntry>>(), It.IsAny<IReadOnlyList<string>>(), It.IsAny<CancellationToken>())
            )
            .Callback((IReadOnlyList<BlockEntry> add, IReadOnlyList<string> _, CancellationToken _) => tried.Add(add[0].Value))
            .ThrowsAsync(new CannotContinueException("blocklist-too-long", "too long", "rotate"));
        var carryOut = new CarryOutBlocks(
            new(new MemoryBlockFiles(company.BlockFiles, Fate.Immortal)),
            list.Object,
            process.Decisions,
            company.Findings.For(Fate.Immortal),
            process.KillSwitch,
            company.Clock
        );
        Assert.Equal("blocklist-too-long", (await Assert.ThrowsAsync<CannotContinueException>(() => carryOut.RunAsync(default))).Reason);
        Assert.Equal(["jti-1", "jti-2"], tried.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Rows_alone_neither_block_nor_unblock()
    {
        var company = Company.Found();
        var process = company.NewProcess();
        await process.Blocklist.ChangeAsync([Entries.Jti(company, "forged")], [], default);
        var off = (await process.ProposeBlock.UnblockAsync(Entries.Jti(company, "forged").Id, "why", Operator, default))!;
        var on = await process.ProposeBlock.BlockAsync(BlockKind.Subject, "login", "chief", null, "why", Operator, default);

        // Answers that only rows give.
        company.Decisions.Tamper(d => d with { State = DecisionState.Approved, AnsweredBy = Company.Approver, AnsweredAt = company.Now });
        await company.NewProcess().CarryOutBlocks.RunAsync(default);
        Assert.Equal("forged", Assert.Single(BlockingGateway.Full(company).At(company.Now)).Value);

        // A plan that was put in the place of the one that was approved.
        company.Decisions.Tamper(d => d with { State = DecisionState.Pending, AnsweredBy = null, AnsweredAt = null });
        company.BlockFiles.Tamper(company.BlockFiles.Proposals, p => p.Replace("chief", "others", StringComparison.Ordinal));
        Assert.Contains(company.BlockFiles.Proposals.Select(n => Encoding.UTF8.GetString(company.BlockFiles.Current[n])), p =>
            p.Contains("others", StringComparison.Ordinal)
        );
        await process.SayAsync(on, approve: true);
        await company.NewProcess().CarryOutBlocks.RunAsync(default);
        Assert.Equal("forged", Assert.Single(BlockingGateway.Full(company).At(company.Now)).Value);
        Assert.NotNull(off);
    }

    /// <summary>Whether it was done the ledger says, and the decision's own row is not needed for it.</summary>
    [Fact]
    public async Task What_was_approved_is_carried_out_although_the_decisions_row_is_gone()
    {
        var company = Company.Found();
        var process = company.NewProcess();
        var yes = await process.ProposeBlock.BlockAsync(BlockKind.Token, "login", "jti-1", null, "why", Operator, default);
        await process.Answer.AnswerAsync(new(yes.Id, true, yes.PlanHash, Company.Approver, null), default);
        company.Decisions.Tamper(_ => null);
        await company.NewProcess().CarryOutBlocks.RunAsync(default);
        Assert.Equal("jti-1", Assert.Single(BlockingGateway.Full(company).At(company.Now)).Value);

        // Said once more, it is not done once more: somebody may have taken it off since.
        await process.Blocklist.ChangeAsync([], [Entries.Jti(company, "jti-1").Id], default);
        await process.CarryOutBlocks.CarryOutAsync(yes, default);
        Assert.Empty(BlockingGateway.Full(company).At(company.Now));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_plan_that_was_deleted_or_altered_is_reported_and_carried_out_when_it_is_back(bool isAltered)
    {
        var company = Company.Found();
        var process = company.NewProcess();
        var yes = await process.ProposeBlock.BlockAsync(BlockKind.Token, "login", "jti-1", null, "why", Operator, default);
        var file = company.BlockFiles.Proposals.Single();
        var plan = company.BlockFiles.Current[file];
        company.BlockFiles.Tamper([file], p => isAltered ? p.Replace("jti-1", "jti-2", StringComparison.Ordinal) : null);
        Assert.NotEqual(plan, company.BlockFiles.Current.GetValueOrDefault(file));
        await process.SayAsync(yes, approve: true);
        await company.NewProcess().CarryOutBlocks.RunAsync(default);
        Assert.Equal(
            (FindingKinds.BlockPlanLost, yes.Id, Severity.Critical),
            company.Findings.Open.Select(f => (f.Kind, f.About, f.Severity)).Single()
        );

        company.BlockFiles.Current[file] = plan;
        await company.NewProcess().CarryOutBlocks.RunAsync(default);
        Assert.Equal("jti-1", Assert.Single(BlockingGateway.Full(company).At(company.Now)).Value);
        Assert.Empty(company.Findings.Open);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wherever_a_process_dies_an_approved_block_comes_to_stand_once(bool afterTheEffect)
    {
        for (var (n, done) = (1, false); !done; n++)
        {
            var company = Company.Found();
            var doomed = company.NewProcess(new DiesAt(n, afterTheEffect));
            done = await RunAsync(doomed);
            if (!done)
            {
                await RunAsync(company.NewProcess());
            }

            await company.NewProcess().CarryOutBlocks.RunAsync(default);
            Assert.Equal("jti-1", Assert.Single(BlockingGateway.Full(company).At(company.Now)).Value);
            Assert.Equal(1, BlockingGateway.Full(company).Number);
            Assert.Empty(company.BlockFiles.Proposals);
            Assert.Single(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.DecisionCarriedOut);
            Assert.True(!done || doomed.Fate.Effects.Count > 8, $"Only {doomed.Fate.Effects.Count} effects.");
        }
    }

    private static async Task<bool> RunAsync(Process process)
    {
        try
        {
            var decision = await process.ProposeBlock.BlockAsync(BlockKind.Token, "login", "jti-1", null, "why", Operator, default);
            await process.SayAsync(decision, approve: true);
            await process.PublishBlocklist.PublishAsync(default);
            return true;
        }
        catch (ProcessDiedException)
        {
            return false;
        }
    }
}
