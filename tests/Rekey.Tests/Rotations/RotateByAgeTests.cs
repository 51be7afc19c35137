using Rekey.Core;
using Rekey.Decisions;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Rotations;

/// <summary>A no about age holds for a while, and not for ever.</summary>
public sealed class RotateByAgeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_declined_or_lapsed_question_is_asked_again_when_its_time_has_passed_and_no_sooner(bool declined)
    {
        var company = await AskingAsync();
        var process = company.NewProcess();
        for (var time = 1; time <= 3; time++)
        {
            await TimersAsync(company, TimeSpan.Zero);
            var question = Assert.Single(company.Decisions.All, d =>
                d.Kind == DecisionKinds.Rotate && d.StateAt(company.Now) is DecisionState.Pending
            );
            if (declined)
            {
                Assert.Null((await process.SayAsync(question, approve: false)).Refusal);
            }

            // The answer, or the end of its time, starts the week.
            var ended = declined ? company.Now : question.ExpiresAt;
            await TimersAsync(company, ended + company.Options.Rotations.AskAgainAfter - TimeSpan.FromSeconds(1) - company.Now);
            Assert.Equal(time, Questions(company));
            company.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await TimersAsync(company, TimeSpan.Zero);
        Assert.Equal(4, Questions(company));
        Assert.Equal(3, company.VerifiedLedger().Count(l => l.Entry.Kind == LedgerKinds.RotationDeclined));
        Assert.Single(company.Vault.VersionsOf(company.Key));
    }

    [Fact]
    public async Task A_yes_to_the_second_asking_rotates()
    {
        var company = await AskingAsync();
        await TimersAsync(company, company.Options.Rotations.AskAgainAfter + TimeSpan.FromHours(6));
        var process = company.NewProcess();
        await process.SayAsync(
            company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate && d.StateAt(company.Now) is DecisionState.Pending),
            approve: true
        );
        await process.WorkAsync();
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_that_dies_while_it_asks_again_asks_one_question(bool afterTheEffect)
    {
        for (var n = 1; ; n++)
        {
            var company = await AskingAsync();
            await TimersAsync(company, company.Options.Rotations.AskAgainAfter + TimeSpan.FromHours(5));
            var questions = Questions(company);
            company.Clock.Advance(company.Options.Rotations.AskAgainAfter + TimeSpan.FromHours(5));
            await company.NewProcess().GoAsync();
            var doomed = company.NewProcess(new DiesAt(n, afterTheEffect));
            var died = await Record.ExceptionAsync(() => doomed.RotateByAge.RunAsync(default));
            company.Clock.Advance(TimeSpan.FromMinutes(1));
            await TimersAsync(company, TimeSpan.Zero);
            Assert.Equal(questions + 1, Questions(company));
            Assert.Equal(company.VerifiedLedger().Count(l => l.Entry.Kind == LedgerKinds.DecisionAsked), company.Decisions.All.Count);
            if (died is null)
            {
                Assert.True(n > 3, $"Only {n} effects: this proves little.");
                return;
            }
        }
    }

    [Fact]
    public async Task A_rotations_row_that_was_deleted_leads_to_no_flood_of_questions()
    {
        var company = await AskingAsync();
        await TimersAsync(company, TimeSpan.FromDays(15));
        var questions = Questions(company);
        company.Rotations.Rows.Tamper(_ => null);
        await TimersAsync(company, TimeSpan.FromHours(1));
        Assert.InRange(Questions(company), questions, questions + 1);
    }

    [Fact]
    public async Task A_declined_departure_stays_declined()
    {
        var company = await Company.WithBaselineAsync(configure: o => (o.Rotations.Mode, o.Rotations.MaxKeyAge) = (ResponseMode.Ask, null));
        var process = company.NewProcess();
        await process.LeavesAsync(Company.Leaver);
        await process.DrainAsync();
        await process.SayAsync(company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate), approve: false);
        await process.WorkAsync(TimeSpan.FromDays(1));
        company.Clock.Advance(company.Options.Rotations.AskAgainAfter * 3);
        await process.LeavesAsync(Company.Leaver, eventId: "told-again");
        await process.WorkAsync(TimeSpan.FromDays(1));

        Assert.Equal(1, Questions(company));
        Assert.Single(company.Vault.VersionsOf(company.Key));
    }

    /// <summary>Whoever puts an answer of the far future into the row keeps an old key in use.</summary>
    [Fact]
    public async Task What_a_row_says_of_an_answer_does_not_keep_it_from_being_asked_again()
    {
        var company = await AskingAsync();
        await TimersAsync(company, company.Options.Decisions.TimeToAnswer + TimeSpan.FromHours(1));
        var questions = Questions(company);
        company.Decisions.Tamper(d => d.Kind == DecisionKinds.Rotate ? d with { AnsweredAt = DateTimeOffset.MaxValue } : d);
        company.Clock.Advance(company.Options.Rotations.AskAgainAfter + TimeSpan.FromHours(5));
        await company.NewProcess().RotateByAge.RunAsync(default);
        Assert.Equal(questions + 1, Questions(company));
    }

    private static int Questions(Company company) => company.Decisions.All.Count(d => d.Kind == DecisionKinds.Rotate);

    private static Task<Company> AskingAsync() =>
        Company.WithBaselineAsync(configure: o => (o.Rotations.Mode, o.Rotations.MaxKeyAge) = (ResponseMode.Ask, TimeSpan.FromDays(1)));

    /// <summary>Runs the timers now, and every half hour until that time has passed.</summary>
    private static async Task TimersAsync(Company company, TimeSpan time)
    {
        for (var end = company.Now + time; ; )
        {
            var process = company.NewProcess();
            await process.ResumeDueRotations.RunAsync(default);
            await process.RotateByAge.RunAsync(default);
            await process.DrainAsync();
            if (company.Now >= end)
            {
                return;
            }

            company.Clock.Advance(end - company.Now < TimeSpan.FromMinutes(30) ? end - company.Now : TimeSpan.FromMinutes(30));
        }
    }
}
