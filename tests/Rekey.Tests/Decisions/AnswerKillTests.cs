using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Decisions;

/// <summary>Whoever takes an answer may die at any effect, and nobody repeats the answer: the ledger and the row come to say the same,
/// and what was approved is done.</summary>
public sealed class AnswerKillTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Row_and_ledger_agree_wherever_a_process_dies(bool approve, bool afterTheEffect)
    {
        var (effects, between) = (int.MaxValue, 0);
        for (var n = 1; n <= effects; n++)
        {
            var (company, question) = await AskedAsync();
            var doomed = company.NewProcess(new DiesAt(n, afterTheEffect));
            var died = false;
            try
            {
                await doomed.SayAsync(question, approve);
                effects = doomed.Fate.Effects.Count;
            }
            catch (ProcessDiedException)
            {
                died = true;
            }

            between += Answers(company) == 1 && company.Decisions.Find("decision", question.Id)!.State is DecisionState.Pending ? 1 : 0;
            var heir = company.NewProcess();
            await heir.SettleDecisions.RunAsync(default);
            var row = company.Decisions.Find("decision", question.Id)!;
            Assert.Equal(Answers(company) == 1, row.State is not DecisionState.Pending);
            Assert.True(died || row.State is not DecisionState.Pending);
            if (row.State is not DecisionState.Pending)
            {
                Assert.Equal((approve ? DecisionState.Approved : DecisionState.Declined, Company.Approver), (row.State, row.AnsweredBy));
                await heir.WorkAsync();
                Assert.Equal(approve ? 2 : 1, company.Vault.VersionsOf(company.Key).Count);
            }

            // Nothing is told twice.
            await company.NewProcess().SettleDecisions.RunAsync(default);
            Assert.InRange(Answers(company), 0, 1);
        }

        Assert.True(between > 0, "Nobody died between the ledger and the row: this proves nothing.");
    }

    /// <summary>Whoever can write to the table neither carries out a rotation nor keeps a stolen key alive by a no that nobody
    /// gave.</summary>
    [Theory]
    [InlineData(DecisionState.Approved, true)]
    [InlineData(DecisionState.Declined, true)]
    [InlineData(DecisionState.Lapsed, true)]
    [InlineData(DecisionState.Approved, false)]
    [InlineData(DecisionState.Declined, false)]
    public async Task What_a_row_says_alone_decides_nothing_and_is_never_put_on_record(DecisionState claimed, bool timerComes)
    {
        var (company, question) = await AskedAsync(OnExpiry.CarryOut);
        company.Decisions.Tamper(d =>
            d.Id == question.Id ? d with { State = claimed, AnsweredBy = Company.Approver, AnsweredAt = company.Now } : d
        );
        var process = company.NewProcess();
        await (timerComes ? process.SettleDecisions.RunAsync(default) : Task.CompletedTask);
        await process.GoAsync();
        Assert.Equal(0, Answers(company));
        Assert.Single(company.Vault.VersionsOf(company.Key));
        Assert.Single(company.Rotation.Waiting);

        // Somebody answers after all, or nobody does.
        if (timerComes)
        {
            Assert.Null((await process.SayAsync(question, approve: true)).Refusal);
        }

        company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
        await company.NewProcess().WorkAsync();
        Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
    }

    [Fact]
    public async Task An_answer_that_was_given_in_time_counts_although_the_time_passed_before_the_row_had_it()
    {
        var (company, question) = await AskedAsync(OnExpiry.CarryOut);
        var doomed = company.NewProcess(new DiesAt(1, afterIt: true));
        await Assert.ThrowsAsync<ProcessDiedException>(() => doomed.SayAsync(question, approve: false));
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer + TimeSpan.FromMinutes(1));
        var heir = company.NewProcess();
        await heir.SettleDecisions.RunAsync(default);
        await heir.WorkAsync();
        Assert.Equal(DecisionState.Declined, company.Decisions.Find("decision", question.Id)!.State);
        Assert.DoesNotContain(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.DecisionExpired);
        Assert.Single(company.Vault.VersionsOf(company.Key));
    }

    [Fact]
    public async Task Of_two_who_answer_at_once_the_first_on_record_counts_for_both()
    {
        var (company, question) = await AskedAsync();
        var asleep = new SleepsAfter("append ledger");
        var (slow, quick) = (company.NewProcess(asleep), company.NewProcess());
        var first = slow.Answer.AnswerAsync(new(question.Id, Approve: false, question.PlanHash, Company.Approver, Reason: null), default);
        await asleep.Asleep;
        Assert.Equal(
            AnswerRefusal.AlreadyAnswered,
            (
                await quick.Answer.AnswerAsync(
                    new(question.Id, Approve: true, question.PlanHash, "another-approver", Reason: null),
                    default
                )
            ).Refusal
        );
        asleep.Wake();
        Assert.Null((await first).Refusal);
        Assert.Equal(DecisionState.Declined, company.Decisions.Find("decision", question.Id)!.State);
        Assert.Equal(1, Answers(company));
    }

    private static int Answers(Company company) =>
        company.VerifiedLedger().Count(l => l.Entry.Kind == LedgerKinds.DecisionAnswered && l.Entry.Facts["kind"] == DecisionKinds.Rotate);

    private static async Task<(Company Company, Decision Decision)> AskedAsync(OnExpiry onExpiry = OnExpiry.Lapse)
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask, onExpiry);
        return (company, company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate));
    }
}
