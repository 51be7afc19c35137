using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
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

    private static async Task<(Company Company, Decision Decision)> AskedAsync()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask);
        return (company, company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate));
    }
}
