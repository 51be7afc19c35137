using Rekey.Core;
using Rekey.Decisions;
using Rekey.Departures.Directory;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Departures;

/// <summary>Somebody disables people by the dozen (T11): above the limit it is asked, and nothing is lost.</summary>
public sealed class DeparturesBrakeTests
{
    private const int Limit = 3;

    [Theory]
    [InlineData(Limit, ResponseMode.Enforce)]
    [InlineData(Limit + 1, ResponseMode.Ask)]
    public async Task Up_to_the_limit_it_is_done_and_above_it_is_asked(int people, ResponseMode mode)
    {
        var company = await FoundAsync();
        await LeaveAsync(company, people, TimeSpan.FromMinutes(1));
        await company.NewProcess().DrainAsync();

        Assert.All(company.Departures.All, d => Assert.Equal(mode, Assert.Single(d.Plan).Mode));
        Assert.Equal(mode is ResponseMode.Ask ? people : 0, Questions(company).Count);
        Assert.All(company.VerifiedLedger().Where(l => l.Entry.Kind == LedgerKinds.DepartureAssessed), l =>
            Assert.Equal(mode is ResponseMode.Ask, l.Entry.Facts["brake"].Length > 0)
        );
    }

    [Fact]
    public async Task Only_those_of_the_last_hour_count()
    {
        var company = await FoundAsync();
        await LeaveAsync(company, Limit + 1, TimeSpan.FromMinutes(20) + TimeSpan.FromSeconds(1));
        await company.NewProcess().DrainAsync();
        Assert.All(company.Departures.All, d => Assert.Equal(ResponseMode.Enforce, d.Plan[0].Mode));
    }

    /// <summary>Ten times told, one person is one departure; and one whose case grows worse counts at the time when it was first
    /// noticed.</summary>
    [Fact]
    public async Task The_same_departure_counts_once()
    {
        var company = await FoundAsync();
        for (var told = 0; told < Limit * 3; told++)
        {
            await company.NewProcess().LeavesAsync(Person(0), eventId: $"event-{told}");
        }

        await company.NewProcess().DrainAsync();
        Assert.Equal(ResponseMode.Enforce, Assert.Single(company.Departures.All).Plan[0].Mode);
    }

    [Fact]
    public async Task What_is_braked_is_asked_with_the_reason_and_carries_itself_out_unless_somebody_says_no()
    {
        var company = await FoundAsync();
        await LeaveAsync(company, Limit + 2, TimeSpan.Zero);
        var process = company.NewProcess();
        await process.DrainAsync();
        var questions = Questions(company);
        Assert.Equal(Limit + 2, questions.Count);
        Assert.All(questions, q =>
        {
            Assert.Equal(OnExpiry.CarryOut, q.OnExpiry);
            Assert.Contains("departures within an hour are more than", q.Statement, StringComparison.Ordinal);
        });

        // One no; the others are silent, and every departure is settled in the end, whatever became of it.
        await process.SayAsync(questions[0], approve: false);
        await process.WorkAsync(company.Options.Decisions.TimeToAnswer - TimeSpan.FromMinutes(2));
        Assert.All(company.GovernedKeys.Keys, k => Assert.Single(company.Vault.VersionsOf(k.Key)));
        await process.WorkAsync(TimeSpan.FromHours(1));
        foreach (var bound in company.GovernedKeys.Keys)
        {
            Assert.Equal(questions.Skip(1).Any(q => q.About == bound.Key.Id) ? 2 : 1, company.Vault.VersionsOf(bound.Key).Count);
        }

        Assert.All(company.Departures.All, d => Assert.NotNull(d.SettledAt));
    }

    [Fact]
    public async Task What_nobody_confirms_lapses()
    {
        var company = await FoundAsync();
        await LeaveAsync(company, Limit + 1, TimeSpan.Zero, confirmed: false);
        var process = company.NewProcess();
        await process.WorkAsync(TimeSpan.FromHours(6));

        Assert.All(Questions(company), q => Assert.Equal(OnExpiry.Lapse, q.OnExpiry));
        Assert.All(company.GovernedKeys.Keys, k => Assert.Single(company.Vault.VersionsOf(k.Key)));
        Assert.All(company.Departures.All, d => Assert.NotNull(d.SettledAt));
    }

    /// <summary>Killed at every effect while it brakes: each person's question stands once.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_that_dies_while_it_brakes_loses_no_question(bool afterTheEffect)
    {
        for (var n = 1; ; n++)
        {
            var company = await FoundAsync();
            await LeaveAsync(company, Limit + 1, TimeSpan.Zero);
            company.Queues.Messages.Clear();
            var died = await Record.ExceptionAsync(() => WorkOnceAsync(company.NewProcess(new DiesAt(n, afterTheEffect))));
            company.Queues.Messages.Clear();
            await WorkOnceAsync(company.NewProcess());

            Assert.Equal(Limit + 1, Questions(company).Count);
            Assert.Equal(Questions(company).Count, Questions(company).DistinctBy(q => q.About).Count());
            Assert.All(company.Departures.All, d => Assert.NotNull(d.AssessedAt));
            if (died is null)
            {
                Assert.True(n > 15, $"Only {n} effects: this proves little.");
                return;
            }
        }
    }

    private static async Task WorkOnceAsync(Process process)
    {
        await process.ResumeDepartures.RunAsync(default);
        await process.DrainAsync();
    }

    private static List<Decision> Questions(Company company) => [.. company.Decisions.All.Where(d => d.Kind == DecisionKinds.Rotate)];

    private static Guid Person(int n) => Guid.Parse($"5b0b1a4e-0000-4000-9000-{n:D12}");

    /// <summary>Each person is the custodian of one key of their own.</summary>
    private static Task<Company> FoundAsync() => Company.WithBaselineAsync(keys: 9, o =>
        {
            o.Departures.MaxDeparturesAnHour = Limit;
            for (var n = 0; n < o.Keys.Count; n++)
            {
                o.Keys[n].Custodians = [$"{Person(n)}"];
            }
        });

    private static async Task LeaveAsync(Company company, int people, TimeSpan apart, bool confirmed = true)
    {
        for (var n = 0; n < people; n++)
        {
            company.Clock.Advance(apart);
            await company
                .NewProcess()
                .LeavesAsync(
                    Person(n),
                    source: "Depart",
                    eventId: $"event-{n}",
                    standing: confirmed ? PersonStanding.Disabled : PersonStanding.Enabled
                );
        }
    }
}
