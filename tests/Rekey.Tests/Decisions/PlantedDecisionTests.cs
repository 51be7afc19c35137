using System.Runtime.CompilerServices;
using Moq;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;

namespace Rekey.Tests.Decisions;

/// <summary>Whoever can write to the table of decisions, and not to the ledger, decides nothing: neither who may answer, nor until when,
/// nor what silence means. And they are noticed.</summary>
public sealed class PlantedDecisionTests
{
    private const string Kind = "answer-not-on-record";

    [Fact]
    public async Task Nobody_decides_what_they_set_off_by_taking_their_name_out_of_the_row()
    {
        var (company, question) = await AskedAsync();
        company.Decisions.Tamper(d => d.Id == question.Id ? d with { Initiators = [] } : d);
        Assert.Equal(
            AnswerRefusal.InitiatorMayNotApprove,
            (await company.NewProcess().SayAsync(question, approve: true, $"{Company.Leaver}")).Refusal
        );
        Assert.Null((await company.NewProcess().SayAsync(question, approve: true)).Refusal);
    }

    [Fact]
    public async Task Rows_that_somebody_plants_by_the_hundred_are_a_few_findings_and_are_removed()
    {
        var (company, question) = await AskedAsync();
        foreach (var n in Enumerable.Range(0, 300))
        {
            company.Decisions.Forge("decision", $"planted-{n}", question with { Id = $"planted-{n}" });
        }

        var lines = company.VerifiedLedger().Count;
        await company.NewProcess().SettleDecisions.RunAsync(default);
        Assert.InRange(company.Findings.Open.Count(f => f.Kind == Kind), 1, 20);
        Assert.InRange(company.VerifiedLedger().Count - lines, 0, 20);
        Assert.DoesNotContain(company.Decisions.All, d => d.Id.StartsWith("planted", StringComparison.Ordinal));
    }

    /// <summary>The id and the words of a question are known before it is asked. The answer must not be there first, from somebody who
    /// may not give it then.</summary>
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
        Assert.Equal(
            AnswerRefusal.InitiatorMayNotApprove,
            (await company.NewProcess().SayAsync(question, approve: true, $"{Company.Leaver}")).Refusal
        );
        Assert.Null((await company.NewProcess().SayAsync(question, approve: true)).Refusal);
        await company.NewProcess().WorkAsync();
        Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
    }

    /// <summary>Whoever is asked something harmless says no, or yes, to that alone.</summary>
    [Fact]
    public async Task Words_that_somebody_put_in_get_no_answer()
    {
        var (company, question) = await AskedAsync();
        const string Harmless = "Nothing happens.";
        company.Decisions.Tamper(d =>
            d.Id == question.Id ? d with { Statement = Harmless, PlanHash = AskForDecision.HashOf(d.Id, Harmless) } : d
        );
        Assert.Equal(
            AnswerRefusal.PlanChanged,
            (
                await company
                    .NewProcess()
                    .Answer.AnswerAsync(
                        new(question.Id, Approve: false, AskForDecision.HashOf(question.Id, Harmless), Company.Approver, Reason: null),
                        default
                    )
            ).Refusal
        );
        await company.NewProcess().GoAsync();
        Assert.Single(company.Rotation.Waiting);
        await company.NewProcess().SettleDecisions.RunAsync(default);
        Assert.Contains(company.Findings.Open, f => f.Kind == Kind && f.About == question.Id);

        company.Decisions.Tamper(d => d.Id == question.Id ? question : d);
        Assert.Null((await company.NewProcess().SayAsync(question, approve: true)).Refusal);
        await company.NewProcess().WorkAsync();
        Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
    }

    /// <summary>A14: only the statement was altered, the hash beside it was left.</summary>
    [Fact]
    public async Task A14_altered_words_are_not_shown_are_reported_and_come_back_when_it_is_asked_again()
    {
        var (company, question) = await AskedAsync();
        company.Decisions.Tamper(d => d.Id == question.Id ? d with { Statement = "Say no." } : d);
        Assert.Equal(AnswerRefusal.PlanChanged, (await company.NewProcess().SayAsync(question, approve: true)).Refusal);
        await company.NewProcess().SettleDecisions.RunAsync(default);
        Assert.Equal(question.Id, Assert.Single(company.Findings.Open, f => f.Kind == Kind).About);

        var process = company.NewProcess();
        var recorded = await new DecisionLedger(process.Ledger, process.Reader).ReadAsync(default);
        Assert.Equal("", recorded.Of(question.Id, company.Decisions.Find("decision", question.Id))!.Statement);
        Assert.Equal(question.Statement, recorded.Of(question.Id, question)!.Statement);

        Assert.False(await process.Ask.CanBeReadAsync(question.Id, default));
        await process.OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask);
        Assert.True(await process.Ask.CanBeReadAsync(question.Id, default));
        Assert.Equal(question.Statement, company.Decisions.Find("decision", question.Id)!.Statement);
        Assert.Null((await company.NewProcess().SayAsync(question, approve: true)).Refusal);
    }

    /// <summary>A7, second row: the row is deleted again and again.</summary>
    [Fact]
    public async Task A7_an_expired_question_is_carried_out_from_the_ledger_although_its_row_is_deleted_each_time()
    {
        var (company, question) = await AskedAsync(OnExpiry.CarryOut);
        company.Decisions.Tamper(_ => null);
        var process = company.NewProcess();
        var open = Assert.Single((await new DecisionLedger(process.Ledger, process.Reader).ReadAsync(default)).Open);
        Assert.Equal((question.Id, "", DecisionState.Pending), (open.Id, open.Statement, open.StateAt(company.Now)));

        company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
        for (var n = 0; n < 3; n++)
        {
            company.Decisions.Tamper(_ => null);
            await company.NewProcess().SettleDecisions.RunAsync(default);
            await company.NewProcess().RunTimersAsync();
            await company.NewProcess().DrainAsync();
        }

        Assert.Single(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.DecisionExpired);
        Assert.Equal(RotationState.Verified, company.Rotation.State);
        process = company.NewProcess();
        Assert.Empty((await new DecisionLedger(process.Ledger, process.Reader).ReadAsync(default)).Open);
    }

    /// <summary>The words name people and are not kept for ever. What was decided is.</summary>
    [Fact]
    public async Task Rows_of_what_is_over_are_removed_in_the_end_and_the_answer_counts_on()
    {
        var (company, question) = await AskedAsync();
        Assert.Null((await company.NewProcess().SayAsync(question, approve: false)).Refusal);
        company.Clock.Advance(TimeSpan.FromDays(29));
        await company.NewProcess().SettleDecisions.RunAsync(default);
        Assert.NotNull(company.Decisions.Find("decision", question.Id));
        company.Clock.Advance(TimeSpan.FromDays(2));
        await company.NewProcess().SettleDecisions.RunAsync(default);
        Assert.Empty(company.Decisions.All);
        var process = company.NewProcess();
        Assert.Equal(
            DecisionState.Declined,
            (await new DecisionLedger(process.Ledger, process.Reader).FindAsync(question.Id, default))!.State
        );
    }

    /// <summary>Why somebody said so is in the row alone, and its hash in the ledger.</summary>
    [Theory]
    [InlineData("Because of the drill.", "Because of the drill.")]
    [InlineData("Somebody told me to.", null)]
    [InlineData(null, null)]
    public async Task A_reason_that_the_approver_did_not_give_is_not_shown(string? inRow, string? shown)
    {
        var (company, question) = await AskedAsync();
        var process = company.NewProcess();
        Assert.Null(
            (
                await process.Answer.AnswerAsync(
                    new(question.Id, Approve: true, question.PlanHash, Company.Approver, "Because of the drill."),
                    default
                )
            ).Refusal
        );
        company.Decisions.Tamper(d => d with { Reason = inRow });
        var recorded = await new DecisionLedger(process.Ledger, process.Reader).ReadAsync(default);
        Assert.Equal(shown, recorded.Of(question.Id, company.Decisions.Find("decision", question.Id))!.Reason);
    }

    /// <summary>Whoever let an answer to other words into the ledger has not answered these.</summary>
    [Fact]
    public async Task An_answer_on_record_to_other_words_is_none()
    {
        var (company, question) = await AskedAsync();
        var harmless = question with { PlanHash = AskForDecision.HashOf(question.Id, "Nothing happens.") };
        await company
            .NewProcess()
            .Decisions.RecordAsync(
                harmless,
                new(harmless.Id, Approve: false, harmless.PlanHash, Company.Approver, Reason: null),
                needsSecond: false,
                default
            );
        Assert.Equal(DecisionState.Pending, (await company.NewProcess().Decisions.FindAsync(question.Id, default))!.State);
        Assert.Null((await company.NewProcess().SayAsync(question, approve: true)).Refusal);
        await company.NewProcess().WorkAsync();
        Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
    }

    /// <summary>Whoever asks writes what they see now; the one who answered had read the words of before.</summary>
    [Fact]
    public async Task Asked_again_in_other_words_it_is_the_same_question_with_the_same_answer()
    {
        var company = await Company.WithBaselineAsync();
        Task<Decision> AskAsync(string words) =>
            company.NewProcess().Ask.AskAsync("kind", "about", words, "plan", [], OnExpiry.CarryOut, default);
        var first = await AskAsync("The vault does not answer.");
        Assert.Null(
            (
                await company
                    .NewProcess()
                    .Answer.AnswerAsync(new(first.Id, Approve: false, first.PlanHash, Company.Approver, Reason: null), default)
            ).Refusal
        );
        var second = await AskAsync("The vault refuses.");
        Assert.Equal((first.Id, DecisionState.Declined), (second.Id, second.State));

        // Its row is gone: it comes back in the words of now, and can be answered in them.
        var other = await AskAsync("The key is gone.");
        company.Decisions.Tamper(_ => null);
        Assert.Equal(DecisionState.Declined, (await AskAsync("The key is gone.")).State);
        Assert.Equal(other.ExpiresAt, first.ExpiresAt);
    }

    [Fact]
    public async Task An_answer_that_comes_to_be_on_record_after_its_time_is_none()
    {
        var (company, question) = await AskedAsync(OnExpiry.CarryOut);
        var asleep = new SleepsBefore("append ledger");
        var slow = company
            .NewProcess(asleep)
            .Answer.AnswerAsync(new(question.Id, Approve: false, question.PlanHash, Company.Approver, Reason: null), default);
        await asleep.Asleep;
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
        await company.NewProcess().OrderAsync("departure-2", Urgency.Immediate, ResponseMode.Ask);
        asleep.Wake();
        Assert.Equal(AnswerRefusal.Expired, (await slow).Refusal);
        await company.NewProcess().SettleDecisions.RunAsync(default);
        await company.NewProcess().GoAsync();
        Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
    }

    /// <summary>Silence neither becomes a yes where it is a no, nor comes sooner or later than it was asked.</summary>
    [Theory]
    [InlineData(OnExpiry.Lapse, 1)]
    [InlineData(OnExpiry.CarryOut, 2)]
    public async Task What_silence_means_and_when_stands_in_the_ledger(OnExpiry asked, int versions)
    {
        foreach (
            var (claimed, hours) in new[]
            {
                (OnExpiry.CarryOut, -1),
                (OnExpiry.Lapse, -1),
                (OnExpiry.CarryOut, 100_000),
                (OnExpiry.Lapse, 100_000),
            }
        )
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
        var onRecord = new DecisionLedger(process.Ledger, process.Reader);
        var rows = new Mock<IRecords<Decision>>(MockBehavior.Strict);
        rows.Setup(r => r.ListAsync("decision", It.IsAny<CancellationToken>()))
            .Returns((string partition, CancellationToken cancellationToken) => AnsweredFirst(partition, cancellationToken));

        var findings = company.Findings.For(Fate.Immortal);
        await new SettleDecisions(rows.Object, onRecord, [], new(onRecord, findings, company.Clock), findings, company.Clock).RunAsync(
            default
        );
        Assert.DoesNotContain(company.Findings.Open, f => f.Kind == Kind);
        Assert.Equal(DecisionState.Approved, company.Decisions.Find("decision", question.Id)!.State);

        async IAsyncEnumerable<Versioned<Decision>> AnsweredFirst(
            string partition,
            [EnumeratorCancellation] CancellationToken cancellationToken
        )
        {
            Assert.Null((await company.NewProcess().SayAsync(question, approve: true)).Refusal);
            await foreach (var row in new MemoryRecords<Decision>(company.Decisions, Fate.Immortal).ListAsync(partition, cancellationToken))
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
