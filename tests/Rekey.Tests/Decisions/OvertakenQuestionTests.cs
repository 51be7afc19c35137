using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Departures.Directory;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Rotations.Outcomes;
using Rekey.Tests.Departures;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Decisions;

/// <summary>F3 and F5 (T33): the facts about a question are those of the time when it is read, and a moot one is withdrawn.</summary>
public sealed class OvertakenQuestionTests
{
    [Fact]
    public async Task F5_a_question_about_a_key_that_was_rotated_meanwhile_is_withdrawn_and_says_why()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask, OnExpiry.CarryOut);
        var question = company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate);
        company.Clock.Advance(TimeSpan.FromMinutes(1));
        await company.NewProcess().OrderAsync("forgery/x", Urgency.Immediate);
        await company.NewProcess().WorkAsync(TimeSpan.FromMinutes(5));

        var process = company.NewProcess();
        var withdrawn = (await process.Decisions.FindAsync(question.Id, default))!;
        Assert.Equal(DecisionState.Withdrawn, withdrawn.State);
        Assert.Contains("nothing left to rotate", withdrawn.WithdrawnBecause, StringComparison.Ordinal);
        Assert.Equal(withdrawn.WithdrawnBecause, (await process.ReadQuestion.ReadAsync(withdrawn, default)).NoEffect);
        Assert.Empty((await process.Decisions.ReadAsync(default)).Open);
        Assert.Equal(AnswerRefusal.Withdrawn, (await process.SayAsync(question, approve: true)).Refusal);

        var cause = (await new RotationLedger(process.Reader).ReadAsync(default)).Find(company.Key.Id, "departure-1")!;
        Assert.Equal(RotationOutcome.Superseded, cause.Outcome);
        await company.NewProcess().WorkAsync();
        Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
        await company.NewProcess().SettleDecisions.RunAsync(default);
        Assert.Empty(company.Findings.Open);
    }

    /// <summary>The new version may have been in the hands of the person: nothing proves that it is younger than their access.</summary>
    [Fact]
    public async Task A_question_about_access_that_ended_after_the_rotation_stays()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().OrderAsync("forgery/x", Urgency.Immediate);
        await company.NewProcess().WorkAsync();
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask, OnExpiry.CarryOut);
        await company.NewProcess().GoAsync();
        Assert.Single((await company.NewProcess().Decisions.ReadAsync(default)).Open);
    }

    /// <summary>An approval before the timer has withdrawn it says that it has no effect.</summary>
    [Fact]
    public async Task F5_an_approval_that_does_nothing_says_so()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask, OnExpiry.CarryOut);
        var question = company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate);
        company.Clock.Advance(TimeSpan.FromMinutes(1));
        await company.NewProcess().OrderAsync("forgery/x", Urgency.Immediate);

        // The answer comes while the rotation that overtakes it takes its last step.
        Decision? approved = null;
        company.Vault.Fault = (call, _, _) =>
        {
            if (call == "list" && approved is null && company.Rotation.TrustEndedAt is not null)
            {
                approved = company
                    .NewProcess()
                    .Answer.AnswerAsync(new(question.Id, Approve: true, question.PlanHash, Company.Approver, Reason: null), default)
                    .GetAwaiter()
                    .GetResult()
                    .Decision;
            }
        };
        await company.NewProcess().WorkAsync(TimeSpan.FromMinutes(5));
        Assert.NotNull(approved);
        var facts = await company
            .NewProcess()
            .ReadQuestion.ReadAsync((await company.NewProcess().Decisions.FindAsync(question.Id, default))!, default);
        Assert.NotNull(facts.Outcome);
        Assert.True(
            facts.NoEffect is not null || facts.Outcome.Outcome is RotationOutcome.Rotated,
            "An approval has an effect or a reason why it has none."
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task F5_a_process_that_dies_anywhere_leaves_no_question_that_is_moot(bool afterTheEffect)
    {
        var effects = int.MaxValue;
        for (var n = 1; n <= effects; n++)
        {
            var company = await Company.WithBaselineAsync();
            await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask, OnExpiry.CarryOut);
            company.Clock.Advance(TimeSpan.FromMinutes(1));
            await company.NewProcess().OrderAsync("forgery/x", Urgency.Immediate);
            var doomed = company.NewProcess(new DiesAt(n, afterTheEffect));
            if (await Record.ExceptionAsync(() => doomed.GoAsync()) is null)
            {
                effects = doomed.Fate.Effects.Count;
            }

            company.Clock.Advance(company.Options.Rotations.Lease);
            await company.NewProcess().WorkAsync(TimeSpan.FromMinutes(20));
            Assert.Empty((await company.NewProcess().Decisions.ReadAsync(default)).Open);
            Assert.Empty(company.Rotation.Waiting);
            Assert.Equal(1, company.VerifiedLedger().Count(l => l.Entry.Kind == LedgerKinds.RotationVerified));
            Assert.Equal(1, company.VerifiedLedger().Count(l => l.Entry.Kind == LedgerKinds.RotationSuperseded));
        }

        Assert.True(effects >= 8, $"Only {effects} effects: this proves little.");
    }

    [Fact]
    public async Task A_question_about_a_step_that_was_taken_meanwhile_is_withdrawn()
    {
        var company = await Company.WithBaselineAsync();
        company.Vault.Fault = (call, _, _) =>
            _ = call == "rotate" ? throw new CannotContinueException("vault-forbidden", "No.", "Allow it.") : 0;
        await company.NewProcess().LeavesAsync(Company.Leaver);
        await company.NewProcess().WorkAsync(TimeSpan.FromMinutes(5));
        var question = company.Decisions.All.Single(d => d.Kind == DecisionKinds.EndTrustWithoutSuccessor);

        company.Vault.Fault = (_, _, _) => { };
        await company.NewProcess().WorkAsync(TimeSpan.FromHours(2));
        Assert.Equal(RotationState.Verified, company.Rotation.State);
        Assert.Equal(DecisionState.Withdrawn, (await company.NewProcess().Decisions.FindAsync(question.Id, default))!.State);
    }

    [Fact]
    public async Task F3_the_facts_say_that_the_directory_disagrees_and_who_reported_it()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        await DepartureRecordTests.ReportsAsync(company, Company.Leaver, "HR-4711");
        var question = company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate);
        Assert.DoesNotContain("has left", question.Statement, StringComparison.Ordinal);

        var facts = await company.NewProcess().ReadQuestion.ReadAsync(question, default);
        Assert.Equal((false, PersonStanding.Enabled), (facts.Departure!.Confirmed, facts.Account!.Standing));
        Assert.Equal("HR-4711", Assert.Single(facts.Departure.Sources).EventId);
        Assert.Equal(company.TrustList.Keys.Select(k => k.Version), facts.Versions);

        company.Directory[Company.Leaver] = PersonStanding.Deleted;
        Assert.Equal(PersonStanding.Deleted, (await company.NewProcess().ReadQuestion.ReadAsync(question, default)).Account!.Standing);
    }

    /// <summary>The hash covers the versions that a yes ends.</summary>
    [Fact]
    public async Task F5_an_answer_to_a_plan_from_before_the_versions_changed_is_refused()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask, coveredUntil: company.Now.AddDays(1));
        var question = company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate);
        var process = company.NewProcess();
        var read = (await process.ReadQuestion.ReadAsync(question, default)).PlanHash;
        Assert.Equal(question.PlanHash, await process.ReadQuestion.AnsweredHashAsync(question, read, default));

        await company.NewProcess().OrderAsync("forgery/x", Urgency.Immediate);
        await company.NewProcess().WorkAsync(TimeSpan.FromMinutes(5));
        Assert.Single((await company.NewProcess().Decisions.ReadAsync(default)).Open);
        process = company.NewProcess();
        Assert.Equal("", await process.ReadQuestion.AnsweredHashAsync(question, read, default));
        Assert.Equal("", await process.ReadQuestion.AnsweredHashAsync(question, question.PlanHash, default));
        var again = (await process.ReadQuestion.ReadAsync(question, default)).PlanHash;
        Assert.Equal(question.PlanHash, await process.ReadQuestion.AnsweredHashAsync(question, again, default));
    }
}
