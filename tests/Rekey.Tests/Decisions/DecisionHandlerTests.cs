using Rekey.Core;
using Rekey.Decisions;
using Rekey.Rotations;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Decisions;

/// <summary>A decision is carried out by the handler of its kind, and by no other.</summary>
public sealed class DecisionHandlerTests
{
    [Fact]
    public async Task A_kind_that_nothing_here_knows_is_told_and_rotates_nothing()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var decision = await process.Ask.AskAsync(
            "of a later release",
            company.Key.Id,
            "On yes something happens.",
            "plan",
            [],
            OnExpiry.CarryOut,
            default
        );
        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => process.SayAsync(decision, approve: true));
        Assert.Equal("decision-kind-unknown", refused.Reason);
        Assert.Equal(("decision-kind-unknown", decision.Id), company.Findings.Open.Select(f => (f.Kind, f.About)).Single());
        Assert.Empty(company.Queues.Messages);
        Assert.Equal(DecisionState.Approved, (await process.Decisions.FindAsync(decision.Id, default))!.State);
    }

    [Fact]
    public async Task A_decision_that_waits_for_an_answer_reaches_no_handler()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        var decision = await process.Ask.AskAsync(
            "of a later release",
            "a",
            "On yes something happens.",
            "plan",
            [],
            OnExpiry.CarryOut,
            default
        );
        await process.SettleDecisions.CarryOutAsync(decision, default);
        Assert.Empty(company.Findings.Open);
    }

    [Theory]
    [InlineData(OnExpiry.CarryOut)]
    [InlineData(OnExpiry.Lapse)]
    public async Task What_silence_carries_out_the_timer_gives_to_its_handler(OnExpiry onExpiry)
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();

        // The one that nothing knows comes first, and holds up nothing.
        await process.Ask.AskAsync("of a later release", "a", "On yes something happens.", "plan", [], OnExpiry.CarryOut, default);
        await process.OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask, onExpiry);
        company.Queues.Messages.Clear();
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
        Assert.Equal(
            "decision-kind-unknown",
            (await Assert.ThrowsAsync<CannotContinueException>(() => process.SettleDecisions.RunAsync(default))).Reason
        );
        Assert.Equal(onExpiry is OnExpiry.CarryOut ? [company.Key.Id] : [], company.Queues.Messages.Select(m => m.Id));
        Assert.Empty((await process.Decisions.ReadAsync(default)).Open);
    }
}
