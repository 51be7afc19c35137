using System.Runtime.CompilerServices;
using Moq;
using Rekey.Decisions;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Decisions;

/// <summary>Whoever can write to the table of decisions, and not to the ledger, decides nothing: neither who may answer, nor until when, nor what silence means. And they are noticed.</summary>
public sealed class PlantedDecisionTests
{
    private const string Kind = "answer-not-on-record";

    [Fact]
    public async Task Nobody_decides_what_they_set_off_by_taking_their_name_out_of_the_row()
    {
        var (company, question) = await AskedAsync();
        company.Decisions.Tamper(d => d.Id == question.Id ? d with { Initiators = [] } : d);
        Assert.Equal(AnswerRefusal.InitiatorMayNotApprove, (await company.NewProcess().SayAsync(question, approve: true, $"{Company.Leaver}")).Refusal);
        Assert.Null((await company.NewProcess().SayAsync(question, approve: true)).Refusal);
    }

    /// <summary>The id and the words of a question are known before it is asked. The answer must not be there first, from somebody who may not give it then.</summary>
    [Fact]
    public async Task Nobody_answers_a_question_before_it_is_asked()
    {
        var (_, question) = await AskedAsync();
        var company = await Company.WithBaselineAsync();
        company.Decisions.Forge("decision", question.Id, question with { Initiators = [] });
        Assert.Equal(AnswerRefusal.NotFound, (await company.NewProcess().SayAsync(question, approve: true, $"{Company.Leaver}")).Refusal);
        await company.NewProcess().SettleDecisions.RunAsync(default);
        Assert.Contains(company.Findings.Open, f => f.Kind == Kind && f.About == question.Id);

        // What stood there first does not keep the question from being asked, nor change it.
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask);
        Assert.Single(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.DecisionAsked && l.Entry.About == company.Key.Id);
        Assert.Equal(AnswerRefusal.InitiatorMayNotApprove, (await company.NewProcess().SayAsync(question, approve: true, $"{Company.Leaver}")).Refusal);
        Assert.Null((await company.NewProcess().SayAsync(question, approve: true)).Refusal);
        await company.NewProcess().WorkAsync();
        Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
    }

    /// <summary>Silence neither becomes a yes where it is a no, nor comes sooner or later than it was asked.</summary>
    [Theory]
    [InlineData(OnExpiry.Lapse, 1)]
    [InlineData(OnExpiry.CarryOut, 2)]
    public async Task What_silence_means_and_when_stands_in_the_ledger(OnExpiry asked, int versions)
    {
        foreach (var (claimed, hours) in new[] { (OnExpiry.CarryOut, -1), (OnExpiry.Lapse, -1), (OnExpiry.CarryOut, 100_000), (OnExpiry.Lapse, 100_000) })
        {
            var (company, question) = await AskedAsync(asked);
            company.Decisions.Tamper(d => d.Id == question.Id ? d with { OnExpiry = claimed, ExpiresAt = company.Now.AddHours(hours) } : d);
            await company.NewProcess().GoAsync();
            Assert.Single(company.Vault.VersionsOf(company.Key));

            company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
            await company.NewProcess().SettleDecisions.RunAsync(default);
            await company.NewProcess().WorkAsync();
            Assert.Equal(versions, company.Vault.VersionsOf(company.Key).Count);
        }
    }

    [Theory]
    [InlineData(DecisionState.Approved)]
    [InlineData(DecisionState.Declined)]
    public async Task An_answer_that_only_a_row_has_is_told_and_taken_out_of_it(DecisionState claimed)
    {
        var (company, question) = await AskedAsync();
        company.Decisions.Tamper(d => d.Id == question.Id ? d with { State = claimed, AnsweredBy = Company.Approver } : d);
        await company.NewProcess().SettleDecisions.RunAsync(default);
        Assert.Equal(question.Id, Assert.Single(company.Findings.Open, f => f.Kind == Kind).About);
        Assert.Equal(DecisionState.Pending, company.Decisions.Find("decision", question.Id)!.State);
    }

    [Fact]
    public async Task An_answer_given_while_the_rows_are_read_is_no_planted_one()
    {
        var (company, question) = await AskedAsync();
        var process = company.NewProcess();
        var onRecord = new DecisionLedger(process.Ledger);
        var rows = new Mock<IRecords<Decision>>(MockBehavior.Strict);
        rows.Setup(r => r.ListAsync("decision", It.IsAny<CancellationToken>())).Returns((string partition, CancellationToken cancel) => AnsweredFirst(partition, cancel));

        await new SettleDecisions(rows.Object, onRecord, process.Ledger, company.Findings.For(Fate.Immortal), company.Clock).RunAsync(default);
        Assert.DoesNotContain(company.Findings.Open, f => f.Kind == Kind);
        Assert.Equal(DecisionState.Approved, company.Decisions.Find("decision", question.Id)!.State);

        async IAsyncEnumerable<Versioned<Decision>> AnsweredFirst(string partition, [EnumeratorCancellation] CancellationToken cancel)
        {
            Assert.Null((await company.NewProcess().SayAsync(question, approve: true)).Refusal);
            await foreach (var row in new MemoryRecords<Decision>(company.Decisions, Fate.Immortal).ListAsync(partition, cancel))
            {
                yield return row;
            }
        }
    }

    private static async Task<(Company Company, Decision Decision)> AskedAsync(OnExpiry onExpiry = OnExpiry.Lapse)
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask, onExpiry);
        return (company, company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate));
    }
}
