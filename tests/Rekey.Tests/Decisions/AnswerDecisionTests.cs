using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Departures.Directory;
using Rekey.Rotations;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Decisions;

/// <summary>Who may decide what (T13).</summary>
public sealed class AnswerDecisionTests
{
    [Fact]
    public async Task Neither_who_set_it_off_nor_who_is_leaving_decides()
    {
        var (company, decision) = await AskedAsync();
        Assert.Equal(
            AnswerRefusal.InitiatorMayNotApprove,
            (await company.NewProcess().SayAsync(decision, approve: false, $"{Company.Leaver}")).Refusal
        );
        await company.NewProcess().LeavesAsync(Company.OtherLeaver);
        Assert.Equal(
            AnswerRefusal.ActorIsLeaving,
            (await company.NewProcess().SayAsync(decision, approve: false, $"{Company.OtherLeaver}")).Refusal
        );
    }

    /// <summary>A reporter must not be able to silence the approvers one by one, and a leaver in a hurry must not decide alone.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_answer_of_a_person_who_was_only_reported_counts_with_the_same_one_by_a_second_person(bool approve)
    {
        var (company, decision) = await AskedAsync();
        await ReportAsync(company, Company.OtherLeaver);

        // 1. Alone it decides nothing, however often it is given, and it cannot be changed.
        for (var times = 0; times < 2; times++)
        {
            var alone = await company.NewProcess().SayAsync(decision, approve, $"{Company.OtherLeaver}");
            Assert.Equal((null, DecisionState.Pending), (alone.Refusal, alone.Decision!.State));
            Assert.Equal($"{Company.OtherLeaver}", alone.Decision.FirstAnsweredBy);
        }

        Assert.Equal(
            AnswerRefusal.AlreadyAnswered,
            (await company.NewProcess().SayAsync(decision, !approve, $"{Company.OtherLeaver}")).Refusal
        );
        Assert.Equal(DecisionState.Pending, (await company.NewProcess().Decisions.FindAsync(decision.Id, default))!.State);

        // 2. A second person who was reported gives another answer, and then a third the same.
        var (second, third) = (Guid.NewGuid(), Guid.NewGuid());
        await ReportAsync(company, second);
        await ReportAsync(company, third);
        Assert.Equal(DecisionState.Pending, (await company.NewProcess().SayAsync(decision, !approve, $"{second}")).Decision!.State);
        var decided = await company.NewProcess().SayAsync(decision, approve, $"{third}");
        Assert.Equal(
            (null, approve ? DecisionState.Approved : DecisionState.Declined, $"{third}"),
            (decided.Refusal, decided.Decision!.State, decided.Decision.AnsweredBy)
        );
    }

    [Fact]
    public async Task A_second_approver_who_was_not_reported_decides_alone()
    {
        var (company, decision) = await AskedAsync();
        await ReportAsync(company, Company.OtherLeaver);
        await company.NewProcess().SayAsync(decision, approve: false, $"{Company.OtherLeaver}");
        Assert.Equal(DecisionState.Approved, (await company.NewProcess().SayAsync(decision, approve: true)).Decision!.State);
    }

    [Fact]
    public async Task Once_the_report_is_settled_the_person_decides_alone_again_and_once_it_is_confirmed_never()
    {
        var (company, decision) = await AskedAsync();
        await ReportAsync(company, Company.OtherLeaver);
        await company.NewProcess().LeavesAsync(Company.OtherLeaver);
        Assert.Equal(
            AnswerRefusal.ActorIsLeaving,
            (await company.NewProcess().SayAsync(decision, approve: true, $"{Company.OtherLeaver}")).Refusal
        );

        var person = Guid.NewGuid();
        await ReportAsync(company, person);
        await company.NewProcess().DrainAsync();
        await company.NewProcess().ResumeDepartures.RunAsync(default);
        var alone = await company.NewProcess().SayAsync(decision, approve: true, $"{person}");
        Assert.Equal((null, DecisionState.Approved), (alone.Refusal, alone.Decision!.State));
    }

    [Fact]
    public async Task An_answer_binds_to_the_plan_that_was_read()
    {
        var (company, decision) = await AskedAsync();
        Assert.Equal(
            AnswerRefusal.PlanChanged,
            (await company.NewProcess().SayAsync(decision with { PlanHash = "another" }, approve: true)).Refusal
        );
    }

    [Fact]
    public async Task The_first_answer_counts_and_may_be_repeated()
    {
        var (company, decision) = await AskedAsync();
        Assert.Null((await company.NewProcess().SayAsync(decision, approve: true)).Refusal);
        Assert.Null((await company.NewProcess().SayAsync(decision, approve: true)).Refusal);
        Assert.Equal(AnswerRefusal.AlreadyAnswered, (await company.NewProcess().SayAsync(decision, approve: false)).Refusal);
    }

    [Fact]
    public async Task After_its_time_nobody_can_answer()
    {
        var (company, decision) = await AskedAsync();
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
        Assert.Equal(AnswerRefusal.Expired, (await company.NewProcess().SayAsync(decision, approve: true)).Refusal);
    }

    /// <summary>Somebody reports a departure, and the account is enabled.</summary>
    private static Task ReportAsync(Company company, Guid person) =>
        company.NewProcess().LeavesAsync(person, source: "ReportDeparture", eventId: $"{person}", standing: PersonStanding.Enabled);

    private static async Task<(Company Company, Decision Decision)> AskedAsync()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask);
        return (company, company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate));
    }
}
