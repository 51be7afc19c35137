using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Decisions;

/// <summary>
/// Clocks of two instances differ when an answer comes just before the expiry. The first line of the ledger counts, on every instance: the
/// answer or the expiry.
/// </summary>
public sealed class ClocksApartTests
{
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(2);

    public static MatrixTheoryData<OnExpiry, bool, bool> Orders => new([OnExpiry.Lapse, OnExpiry.CarryOut], [true, false], [true, false]);

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task The_first_line_counts_on_every_instance(OnExpiry onExpiry, bool approves, bool answersFirst)
    {
        // 1. One clock has passed the expiry, the other has not.
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask, onExpiry);
        var question = company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate);
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer - (Apart / 2));
        var (late, early) = (company.NewProcess(), company.NewProcess(ahead: Apart));

        // 2. Both act; the ledger has an order.
        AnswerRefusal? refusal = null;
        foreach (var isAnswer in new[] { answersFirst, !answersFirst })
        {
            if (isAnswer)
            {
                var answer = new ApproverAnswer(question.Id, approves, question.PlanHash, Company.Approver, Reason: null);
                refusal = (await late.Answer.AnswerAsync(answer, default)).Refusal;
            }
            else
            {
                await early.SettleDecisions.RunAsync(default);
                await early.GoAsync();
            }
        }

        // 3. What came first counts.
        Assert.Equal(answersFirst ? null : AnswerRefusal.Expired, refusal);
        var yes = answersFirst ? approves : onExpiry is OnExpiry.CarryOut;
        var outcome =
            yes ? DecisionState.Approved
            : answersFirst ? DecisionState.Declined
            : DecisionState.Lapsed;
        company.Clock.Advance(Apart);
        foreach (var process in new[] { late, early, company.NewProcess(), company.NewProcess(ahead: -Apart) })
        {
            var decision = (await process.Decisions.FindAsync(question.Id, default))!;
            Assert.Equal((outcome, !answersFirst), (decision.Outcome, decision.IsExpired));
            await process.SettleDecisions.RunAsync(default);
            await process.WorkAsync(TimeSpan.FromMinutes(30));
        }

        Assert.Equal(yes ? 2 : 1, company.Vault.VersionsOf(company.Key).Count);
        Assert.Equal(answersFirst ? 0 : 1, company.VerifiedLedger().Count(l => l.Entry.Kind == LedgerKinds.DecisionExpired));
    }

    /// <summary>The other instance's line comes between the reading and the writing.</summary>
    [Theory]
    [InlineData(OnExpiry.Lapse)]
    [InlineData(OnExpiry.CarryOut)]
    public async Task An_answer_whose_line_comes_after_the_expiry_is_refused(OnExpiry onExpiry)
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask, onExpiry);
        var question = company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate);
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer - (Apart / 2));
        var late = company.NewProcess();
        var stale = (await late.Decisions.FindAsync(question.Id, default))!;
        await company.NewProcess(ahead: Apart).SettleDecisions.RunAsync(default);
        foreach (var needsSecond in new[] { true, false })
        {
            var answer = new ApproverAnswer(question.Id, Approve: false, question.PlanHash, Company.Approver, Reason: null);
            Assert.Null((await late.Decisions.RecordAsync(stale, answer, needsSecond, default)).First);
        }

        var outcome = (await company.NewProcess().Decisions.FindAsync(question.Id, default))!.Outcome;
        Assert.Equal(onExpiry is OnExpiry.CarryOut ? DecisionState.Approved : DecisionState.Lapsed, outcome);
    }
}
