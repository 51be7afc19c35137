using System.Text.Json;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Departures.Directory;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Decisions;

/// <summary>What becomes of a question that nobody answers, and who may answer.</summary>
public sealed class ExpiryTests
{
    [Theory]
    [InlineData(OnExpiry.Lapse, "lapsed")]
    [InlineData(OnExpiry.CarryOut, "carried-out")]
    public async Task Silence_is_put_on_record_once(OnExpiry onExpiry, string outcome)
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask, onExpiry);
        await process.SettleDecisions.RunAsync(default);
        Assert.DoesNotContain(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.DecisionExpired);

        company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
        Assert.Single(await SavedAndReadAsync());
        await process.SettleDecisions.RunAsync(default);
        Assert.Empty(await SavedAndReadAsync());
        var second = company.NewProcess();
        await second.SettleDecisions.RunAsync(default);
        Assert.Empty(second.Fate.Effects);
        var line = Assert.Single(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.DecisionExpired).Entry;
        Assert.Equal(outcome, line.Facts["outcome"]);
        Assert.Equal(company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate).Id, line.Facts["decision"]);

        // A snapshot knows of which questions it was said.
        async Task<IEnumerable<Decision>> SavedAndReadAsync() =>
            RecordedDecisions
                .Load(JsonSerializer.SerializeToElement((await process.Decisions.ReadAsync(default)).Save()))
                .Open.Where(d => d.ExpiresAt <= company.Now);
    }

    [Fact]
    public async Task An_answered_question_does_not_expire()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask);
        await process.SayAsync(company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate), approve: false);
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer * 2);
        await process.SettleDecisions.RunAsync(default);
        Assert.DoesNotContain(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.DecisionExpired);
    }

    /// <summary>T13: silence means yes only where the directory has confirmed that the person is gone.</summary>
    [Theory]
    [InlineData(PersonStanding.Disabled, OnExpiry.CarryOut, 2)]
    [InlineData(PersonStanding.Enabled, OnExpiry.Lapse, 1)]
    public async Task Silence_rotates_for_a_confirmed_departure_and_not_for_a_reported_one(
        PersonStanding standing,
        OnExpiry onExpiry,
        int versions
    )
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        var process = company.NewProcess();
        await process.LeavesAsync(Company.Leaver, source: "Depart", standing: standing);
        await process.DrainAsync();
        Assert.Equal(onExpiry, company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate).OnExpiry);

        await process.WorkAsync(company.Options.Decisions.TimeToAnswer + TimeSpan.FromHours(1));
        Assert.Equal(versions, company.Vault.VersionsOf(company.Key).Count);
    }

    /// <summary>C4: else whoever may report departures silences every approver. About themselves nobody decides.</summary>
    [Fact]
    public async Task Whoever_is_only_reported_to_leave_answers_on_but_nothing_about_themselves()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask);
        var question = company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate);
        await process.Notice.NoticeAsync(
            new(Company.Tenant, Company.OtherLeaver, new("Depart", "hr-1", company.Now, "reporter"), IsObservation: false, Hostile: false),
            default
        );
        await process.DrainAsync();
        var own = company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate && d.Id != question.Id);
        Assert.Equal(AnswerRefusal.InitiatorMayNotApprove, (await process.SayAsync(own, approve: false, $"{Company.OtherLeaver}")).Refusal);
        Assert.Null((await process.SayAsync(question, approve: true, $"{Company.OtherLeaver}")).Refusal);
    }

    [Fact]
    public async Task Whoever_the_directory_says_has_left_answers_nothing_ever()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.LeavesAsync(Guid.Parse(Company.Approver));
        await process.WorkAsync(TimeSpan.FromMinutes(5));
        await process.OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask);
        Assert.Equal(
            AnswerRefusal.ActorIsLeaving,
            (await process.SayAsync(company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate), approve: true)).Refusal
        );
    }
}
