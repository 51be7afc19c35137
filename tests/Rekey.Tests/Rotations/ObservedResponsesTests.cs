using Rekey.Core;
using Rekey.Findings;
using Rekey.Rotations;
using Rekey.Rotations.Tokens;
using Rekey.Tests.Doubles;
using Rekey.Trust;

namespace Rekey.Tests.Rotations;

/// <summary>F8: while Rekey only observes, people see what it would have done.</summary>
public sealed class ObservedResponsesTests
{
    [Fact]
    public async Task F8_a_leaver_and_a_campaign_are_a_finding_each_and_the_week_is_a_digest()
    {
        // 1. Monday, 1 March 2027: two people leave, a key is forged, and a key is old.
        var company = await ObservingAsync();
        await LeaveAsync(company, Company.Leaver);
        await LeaveAsync(company, Company.OtherLeaver);
        await company.NewProcess().OrderAsync("forgery/campaign", Urgency.Immediate, ResponseMode.Observe);
        await company.NewProcess().OrderAsync("age/v1", Urgency.Graceful, ResponseMode.Observe);
        await RunAsync(company);
        await RunAsync(company);

        var findings = Open(company, FindingKinds.ResponseObserved);
        Assert.Equal(3, findings.Count);
        Assert.All(findings, f => Assert.Equal((Severity.Low, "unknown"), (f.Severity, f.Evidence["liveTokens"])));
        Assert.All(findings, f => Assert.NotEmpty(f.Evidence["liveTokensUnknown"]));
        var leaver = Assert.Single(findings, f => f.About.Contains($"{Company.Leaver}", StringComparison.Ordinal));
        Assert.Equal(2, leaver.Evidence["keys"].Split(' ').Length);
        Assert.Contains("It would have rotated 2 key(s) because of the departure", leaver.Title, StringComparison.Ordinal);
        Assert.Equal(3, company.Findings.AnnouncedReports.Count(id => findings.Any(f => f.Id == id)));
        Assert.Empty(Open(company, FindingKinds.ObservedWeek));

        // 2. The next Monday: the digest of the week.
        company.Clock.Advance(new DateTimeOffset(2027, 3, 8, 0, 0, 0, TimeSpan.Zero) - company.Now - TimeSpan.FromSeconds(1));
        await RunAsync(company);
        Assert.Empty(Open(company, FindingKinds.ObservedWeek));
        company.Clock.Advance(TimeSpan.FromSeconds(1));
        await RunAsync(company);
        await RunAsync(company);
        var week = Assert.Single(Open(company, FindingKinds.ObservedWeek));
        Assert.Equal(("2027-03-01", Severity.Low), (week.About, week.Severity));
        Assert.Equal(
            ("2", "2", "6", "unknown"),
            (week.Evidence["leavers"], week.Evidence["keysToRotate"], week.Evidence["requests"], week.Evidence["liveTokens"])
        );
        Assert.Single(company.Findings.AnnouncedReports, week.Id);

        // 3. A week later everything is closed, and an idle week has no digest.
        company.Clock.Advance(TimeSpan.FromDays(7));
        await RunAsync(company);
        Assert.Empty(Open(company, FindingKinds.ResponseObserved).Concat(Open(company, FindingKinds.ObservedWeek)));
    }

    [Fact]
    public async Task F8_the_live_tokens_that_would_have_ended_are_counted_once_for_each_report()
    {
        var company = await ObservingAsync();
        var counts = 0;
        company.LiveTokensOf = _ => new Counted(company, () => counts++);
        await LeaveAsync(company, Company.Leaver);
        await RunAsync(company);
        await RunAsync(company);
        var finding = Assert.Single(Open(company, FindingKinds.ResponseObserved));
        var keys = finding.Evidence["keys"].Split(' ').Length;
        Assert.Equal(($"{7 * keys}", $"{3 * keys}", keys), (finding.Evidence["liveTokens"], finding.Evidence["callers"], counts));
        Assert.Equal(company.Now.ToString("O"), finding.Evidence["countedAt"]);
    }

    [Fact]
    public async Task F8_many_departures_do_not_flood_the_ledger_and_the_digest_counts_all()
    {
        var company = await ObservingAsync();
        for (var n = 0; n < 50; n++)
        {
            await company.NewProcess().OrderAsync($"t~p{n}~1", Urgency.Graceful, ResponseMode.Observe);
        }

        await RunAsync(company);
        Assert.Equal(20, Open(company, FindingKinds.ResponseObserved).Count);
        company.Clock.Advance(TimeSpan.FromDays(7));
        await RunAsync(company);
        var week = Assert.Single(Open(company, FindingKinds.ObservedWeek));
        Assert.Equal(("50", "1", "0"), (week.Evidence["leavers"], week.Evidence["keysToRotate"], week.Evidence["liveTokens"]));
        Assert.Equal(21, company.Findings.AnnouncedReports.Count(id => company.Findings.Reports[id].Severity is Severity.Low));
    }

    [Fact]
    public async Task F8_a_mode_that_acts_reports_nothing_as_observed()
    {
        var company = await Company.WithBaselineAsync();
        await LeaveAsync(company, Company.Leaver);
        await RunAsync(company);
        Assert.Empty(Open(company, FindingKinds.ResponseObserved));
    }

    /// <summary>A log with seven live tokens of three callers for every key.</summary>
    private sealed class Counted(Company company, Action count) : ILiveTokens
    {
        public Task<LiveTokenCount> CountAsync(SigningKey key, IReadOnlyList<string> versions, CancellationToken cancellationToken)
        {
            Assert.Single(versions);
            count();
            return Task.FromResult(new LiveTokenCount(7, 3, company.Now, UnknownBecause: null));
        }
    }

    private static async Task<Company> ObservingAsync() =>
        await Company.WithBaselineAsync(keys: 2, o => o.Rotations.Mode = ResponseMode.Observe);

    private static async Task LeaveAsync(Company company, Guid person)
    {
        await company.NewProcess().LeavesAsync(person);
        await company.NewProcess().DrainAsync();
    }

    private static Task RunAsync(Company company) => company.NewProcess().ObservedResponses.RunAsync(default);

    private static List<Finding> Open(Company company, string kind) => [.. company.Findings.OpenReports.Where(f => f.Kind == kind)];
}
