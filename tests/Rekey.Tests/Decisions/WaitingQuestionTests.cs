using Rekey.Core;
using Rekey.Decisions;
using Rekey.Departures.Directory;
using Rekey.Findings;
using Rekey.Tests.Departures;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Decisions;

/// <summary>F6, T33: a waiting question is a finding with its deadline. It follows the ledger, whatever dies.</summary>
public sealed class WaitingQuestionTests
{
    [Fact]
    public async Task F6_a_question_is_a_finding_as_soon_as_it_is_asked()
    {
        var (company, question) = await AskedAsync();
        var finding = Assert.Single(Waiting(company));
        Assert.Equal((question.Id, Severity.High), (finding.About, finding.Severity));
        Assert.Equal(
            $"A question waits for an answer until {question.ExpiresAt:u}: rotate the key ({company.Key.Id})? Without an answer Rekey does "
                + "it then.",
            finding.Title
        );
        Assert.Contains($"`rekey decisions approve {question.Id}`", finding.Remedy, StringComparison.Ordinal);
        Assert.Equal(question.ExpiresAt.ToString("O"), finding.Evidence["until"]);
        Assert.Equal(finding, finding.WithoutSecrets());
    }

    [Fact]
    public async Task F6_people_are_reminded_at_half_the_time_and_30_minutes_before_the_deadline()
    {
        var (company, question) = await AskedAsync();
        List<TimeSpan> announced = [];
        var reported = 1;
        while (company.Now < question.ExpiresAt - TimeSpan.FromMinutes(1))
        {
            company.Clock.Advance(TimeSpan.FromMinutes(1));
            await company.NewProcess().SettleDecisions.RunAsync(default);
            var count = company.Findings.AnnouncedReports.Count(id => id == Waiting(company).Single().Id);
            if (count > reported)
            {
                reported = count;
                announced.Add(company.Now - question.AskedAt);
            }
        }

        Assert.Equal([120, 210], announced.Select(a => (int)a.TotalMinutes));
    }

    [Theory]
    [InlineData(1, "asked", "reminded")]
    [InlineData(45, "asked", "reminded", "reminded-twice")]
    [InlineData(60, "asked", "reminded-twice")]
    [InlineData(240, "asked", "reminded", "reminded-twice")]
    public void Each_reminder_comes_once_however_short_the_time_is(int minutes, params string[] stages)
    {
        var asked = new DateTimeOffset(2027, 3, 1, 9, 0, 0, TimeSpan.Zero);
        var question = new Decision("id", DecisionKinds.Rotate, "key", "", "", [], asked, asked.AddMinutes(minutes), OnExpiry.Lapse);
        Assert.Equal(stages, Enumerable.Range(0, minutes * 60).Select(s => QuestionStages.Of(question, asked.AddSeconds(s))).Distinct());
        Assert.Equal("over", QuestionStages.Of(question, question.ExpiresAt));
    }

    [Theory]
    [InlineData("approved", "Approved by 5b0b1a4e-0000-4000-8000-0000000000ff at ")]
    [InlineData("declined", "Declined by 5b0b1a4e-0000-4000-8000-0000000000ff at ")]
    [InlineData("expired", "the question expired, and Rekey carries it out.")]
    [InlineData("lapsed", "the question lapsed, and nothing is done.")]
    [InlineData("withdrawn", "Rekey took the question back: No version of ")]
    public async Task F6_it_closes_with_what_was_done(string how, string because)
    {
        var (company, question) = how == "lapsed" ? await AskedByAgeAsync() : await AskedAsync();
        switch (how)
        {
            case "approved" or "declined":
                await company.NewProcess().SayAsync(question, how == "approved");
                break;
            case "withdrawn":
                company.Clock.Advance(TimeSpan.FromMinutes(1));
                await company.NewProcess().OrderAsync("forgery/x", Rekey.Rotations.Urgency.Immediate);
                await company.NewProcess().WorkAsync(TimeSpan.FromHours(1));
                await company.NewProcess().SettleDecisions.RunAsync(default);
                break;
            default:
                company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
                await company.NewProcess().SettleDecisions.RunAsync(default);
                break;
        }

        Assert.Empty(Waiting(company));
        var closed = company.Findings.Reports[Finding.IdOf(FindingKinds.DecisionWaiting, question.Id)];
        Assert.Contains(because, closed.ClosedBecause!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task F6_while_the_person_is_back_it_says_so_and_has_no_deadline()
    {
        var (company, question) = await AskedAsync();
        await DepartureRecordTests.ComesBackAsync(company, Company.Leaver);
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer * 2);
        await company.NewProcess().SettleDecisions.RunAsync(default);
        var held = Assert.Single(Waiting(company));
        Assert.Contains("The person whose departure it is about is back.", held.Title, StringComparison.Ordinal);
        Assert.Equal(("", "stays open"), (held.Evidence["until"], held.Evidence["withoutAnswer"]));
        Assert.Equal(2, company.Findings.AnnouncedReports.Count(id => id == held.Id));

        await company.NewProcess().SayAsync(question, approve: false);
        Assert.Empty(Waiting(company));
    }

    [Fact]
    public async Task While_Rekey_is_stopped_a_question_that_expired_stays_reported()
    {
        var (company, question) = await AskedAsync();
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
        await company.NewProcess().SettleDecisions.RunAsync(default, silenceCounts: false);
        Assert.Contains("Rekey has not acted on that yet.", Assert.Single(Waiting(company)).Title, StringComparison.Ordinal);
        await company.NewProcess().SettleDecisions.RunAsync(default);
        Assert.Empty(Waiting(company));
        Assert.Equal(DecisionState.Approved, (await company.NewProcess().Decisions.FindAsync(question.Id, default))!.Outcome);
    }

    /// <summary>Killed before and after every effect of asking and of answering; then the timer runs once.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task F6_the_finding_follows_the_ledger_wherever_a_process_dies(bool afterTheEffect, bool answering)
    {
        var (done, kills) = (false, 0);
        for (var n = 1; !done; n++)
        {
            var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
            if (answering)
            {
                await AskAsync(company.NewProcess());
            }

            var doomed = company.NewProcess(new DiesAt(n, afterTheEffect));
            try
            {
                await (
                    answering ? doomed.SayAsync(company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate), true) : AskAsync(doomed)
                );
                done = true;
            }
            catch (ProcessDiedException)
            {
                kills++;
            }

            await company.NewProcess().SettleDecisions.RunAsync(default);
            var open = (await company.NewProcess().Decisions.ReadAsync(default)).Open.Select(d => d.Id).Order(StringComparer.Ordinal);
            Assert.Equal(open, Waiting(company).Select(f => f.About).Order(StringComparer.Ordinal));
            Assert.All(company.Findings.Reports.Values, f => Assert.Equal(1, f.Opening));
        }

        Assert.InRange(kills, 3, 100);

        static Task AskAsync(Process process) => process.OrderAsync("departure-1", Rekey.Rotations.Urgency.Immediate, ResponseMode.Ask);
    }

    /// <summary>One departure exposes many keys, and each asks its question.</summary>
    [Fact]
    public async Task Many_questions_of_one_kind_do_not_flood_the_ledger()
    {
        var company = await Company.WithBaselineAsync(keys: 50, o => o.Rotations.Mode = ResponseMode.Ask);
        company.Findings.AnnouncedReports.Clear();
        await company.NewProcess().LeavesAsync(Company.Leaver);
        await company.NewProcess().DrainAsync();
        var questions = company.Decisions.All.Where(d => d.Kind == DecisionKinds.Rotate).ToList();
        Assert.Equal(50, questions.Count);
        Assert.Equal(WaitingQuestions.SeparateOfAKind + 1, Waiting(company).Count);
        Assert.StartsWith(
            "At least 16 more questions wait",
            Assert.Single(Waiting(company), f => f.About == DecisionKinds.Rotate).Title,
            StringComparison.Ordinal
        );

        // A question of another kind has a finding of its own all the same.
        await company.NewProcess().StopAndStart.StopAsync(Company.Approver, default);
        await company.NewProcess().StopAndStart.AskToStartAsync("over", $"{Company.OtherLeaver}", default);
        Assert.Single(Waiting(company), f => f.Evidence["question"] == DecisionKinds.Start);

        // An answer does not raise the finding of another question. The one finding is updated at powers of two.
        foreach (var question in questions)
        {
            await company.NewProcess().SayAsync(question, approve: false);
        }

        Assert.DoesNotContain(Waiting(company), f => f.Evidence["question"] == DecisionKinds.Rotate);
        // The last is the finding that this company has no identity that can cut a person off.
        Assert.Equal(20 + 1 + 4 + 1 + 4 + 1, company.Findings.AnnouncedReports.Count);
    }

    private static List<Finding> Waiting(Company company) =>
        [.. company.Findings.OpenReports.Where(f => f.Kind == FindingKinds.DecisionWaiting)];

    private static async Task<(Company Company, Decision Question)> AskedAsync()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        await company.NewProcess().LeavesAsync(Company.Leaver, standing: PersonStanding.Disabled);
        await company.NewProcess().DrainAsync();
        return (company, company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate));
    }

    private static async Task<(Company Company, Decision Question)> AskedByAgeAsync()
    {
        var company = await Company.WithBaselineAsync(configure: o =>
        {
            o.Rotations.Mode = ResponseMode.Ask;
            o.Rotations.MaxKeyAge = TimeSpan.FromDays(1);
        });
        await company.NewProcess().RotateByAge.RunAsync(default);
        return (company, company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate));
    }
}
