using System.Text.Json;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Departures.Directory;
using Rekey.Tests.Departures;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Decisions;

/// <summary>F4 (T13, T33): silence rotates only while the person is gone.</summary>
public sealed class HeldQuestionTests
{
    [Fact]
    public async Task F4_the_question_of_a_person_who_is_back_stays_open_and_silence_rotates_nothing()
    {
        var (company, question) = await AskedAsync();
        await DepartureRecordTests.ComesBackAsync(company, Company.Leaver);
        await PassAsync(company, company.Options.Decisions.TimeToAnswer * 10);

        Assert.Single(company.Vault.VersionsOf(company.Key));
        var open = Assert.Single((await company.NewProcess().Decisions.ReadAsync(default)).Open);
        Assert.Equal((question.Id, true, DecisionState.Pending), (open.Id, open.IsHeld, open.StateAt(company.Now)));
        Assert.True((await company.NewProcess().ReadQuestion.ReadAsync(open, default)).IsHeld);
        Assert.True(await company.NewProcess().Ask.CanBeReadAsync(question.Id, default), "Its words are kept as long as it is open.");
        await company.NewProcess().Watchdog.RunAsync(default);
        Assert.DoesNotContain(company.Findings.Open, f => f.About == question.Id || f.About == company.Key.Id);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task F4_people_decide_a_held_question_after_its_deadline(bool approve, int versions)
    {
        var (company, question) = await AskedAsync();
        await DepartureRecordTests.ComesBackAsync(company, Company.Leaver);
        await PassAsync(company, company.Options.Decisions.TimeToAnswer * 2);
        Assert.Null((await company.NewProcess().SayAsync(question, approve)).Refusal);
        await company.NewProcess().WorkAsync();
        Assert.Equal(versions, company.Vault.VersionsOf(company.Key).Count);
        Assert.Empty((await company.NewProcess().Decisions.ReadAsync(default)).Open);
    }

    /// <summary>No endless four hours by switching an account on and off.</summary>
    [Fact]
    public async Task F4_disabled_again_the_first_deadline_counts()
    {
        var (company, question) = await AskedAsync();
        while (company.Now + TimeSpan.FromMinutes(40) < question.ExpiresAt)
        {
            await DepartureRecordTests.ComesBackAsync(company, Company.Leaver, $"back-{company.Now:O}");
            await PassAsync(company, TimeSpan.FromMinutes(20));
            await company.NewProcess().LeavesAsync(Company.Leaver, eventId: $"gone-{company.Now:O}");
            await PassAsync(company, TimeSpan.FromMinutes(20));
        }

        Assert.Single(company.Vault.VersionsOf(company.Key));
        await PassAsync(company, TimeSpan.FromHours(1));
        Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
        Assert.True(company.Rotation.StartedAt < question.ExpiresAt + TimeSpan.FromMinutes(20));

        // The new version is younger than every one of these departures: their questions have nothing left to do.
        Assert.Empty((await company.NewProcess().Decisions.ReadAsync(default)).Open);
        Assert.Single(company.VerifiedLedger(), l => l.Entry.Kind == Rekey.Ledgers.LedgerKinds.RotationVerified);
    }

    [Fact]
    public async Task F4_disabled_again_after_the_deadline_it_rotates_at_once()
    {
        var (company, question) = await AskedAsync();
        await DepartureRecordTests.ComesBackAsync(company, Company.Leaver);
        await PassAsync(company, company.Options.Decisions.TimeToAnswer * 2);
        await company.NewProcess().LeavesAsync(Company.Leaver, eventId: "gone-again");
        var gone = company.Now;
        await PassAsync(company, TimeSpan.FromMinutes(5));
        Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
        Assert.InRange(company.Rotation.StartedAt!.Value, gone, gone + TimeSpan.FromMinutes(5));
        Assert.Equal(AnswerRefusal.Expired, (await company.NewProcess().SayAsync(question, approve: false)).Refusal);
    }

    [Fact]
    public async Task F4_an_expiry_on_record_is_final()
    {
        var (company, question) = await AskedAsync();
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
        await company.NewProcess().SettleDecisions.RunAsync(default);
        await DepartureRecordTests.ComesBackAsync(company, Company.Leaver);
        Assert.Equal(AnswerRefusal.Expired, (await company.NewProcess().SayAsync(question, approve: false)).Refusal);
        await company.NewProcess().WorkAsync();
        Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
    }

    /// <summary>Two instances: one records the expiry, and has not seen the line about the return before it.</summary>
    [Fact]
    public async Task F4_an_expiry_after_the_return_is_void_and_the_next_one_counts()
    {
        var (company, question) = await AskedAsync();
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
        await DepartureRecordTests.ComesBackAsync(company, Company.Leaver);
        var found = await company.NewProcess().Decisions.ExpireAsync(question, company.Now, default);
        Assert.Equal((DecisionState.Pending, true), (found.Outcome, found.IsHeld));
        await company.NewProcess().WorkAsync();
        Assert.Single(company.Vault.VersionsOf(company.Key));

        await company.NewProcess().LeavesAsync(Company.Leaver, eventId: "gone-again");
        await PassAsync(company, TimeSpan.FromMinutes(5));
        Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
        Assert.DoesNotContain((await company.NewProcess().Decisions.ReadAsync(default)).Open, d => d.Id == question.Id);
    }

    [Theory]
    [InlineData("hostile")]
    [InlineData("forgery")]
    public async Task F4_hostile_departures_and_proven_forgery_are_not_held(string what)
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        if (what == "hostile")
        {
            await company.NewProcess().LeavesAsync(Company.Leaver, hostile: true);
            await company.NewProcess().DrainAsync();
        }
        else
        {
            await company.NewProcess().LeavesAsync(Guid.Parse("5b0b1a4e-0000-4000-8000-0000000000cc"));
            await company.NewProcess().OrderAsync("forgery/x", Rekey.Rotations.Urgency.Immediate, ResponseMode.Ask, OnExpiry.CarryOut);
        }

        await DepartureRecordTests.ComesBackAsync(company, Company.Leaver);
        await PassAsync(company, company.Options.Decisions.TimeToAnswer + TimeSpan.FromMinutes(10));
        Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
    }

    /// <summary>A snapshot knows who is back, who is gone again, and which answers came in time.</summary>
    [Fact]
    public async Task A_snapshot_holds_the_question_too()
    {
        var (company, question) = await AskedAsync();
        await DepartureRecordTests.ComesBackAsync(company, Company.Leaver);
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer * 2);
        Assert.True((await LoadedAsync()).Find(question.Id)!.IsHeld);
        await company.NewProcess().LeavesAsync(Company.Leaver, eventId: "gone-again");
        Assert.Equal(DecisionState.Approved, (await LoadedAsync()).Find(question.Id)!.StateAt(company.Now));
        Assert.Equal(company.Now, (await LoadedAsync()).Find(question.Id)!.DueAt);

        async Task<RecordedDecisions> LoadedAsync() =>
            RecordedDecisions.Load(JsonSerializer.SerializeToElement((await company.NewProcess().Decisions.ReadAsync(default)).Save()));
    }

    private static async Task PassAsync(Company company, TimeSpan time)
    {
        for (
            var end = company.Now + time;
            company.Now < end;
            company.Clock.Advance(TimeSpan.FromMinutes(time > TimeSpan.FromHours(2) ? 30 : 1))
        )
        {
            var process = company.NewProcess();
            await process.RunTimersAsync();
            await process.SettleDecisions.RunAsync(default);
            await process.DrainAsync();
        }
    }

    private static async Task<(Company Company, Decision Question)> AskedAsync()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        await company.NewProcess().LeavesAsync(Company.Leaver, standing: PersonStanding.Disabled);
        await company.NewProcess().DrainAsync();
        return (company, company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate));
    }
}
