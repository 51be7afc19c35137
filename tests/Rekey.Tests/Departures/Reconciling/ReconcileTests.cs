using Rekey.Core;
using Rekey.Departures.Directory;
using Rekey.Departures.Reconciling;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Departures.Reconciling;

/// <summary>What reconciliation finds, what it leaves alone, and what it costs.</summary>
public sealed class ReconcileTests
{
    [Fact]
    public async Task A_first_run_opens_departures_only_for_old_accounts_that_are_named()
    {
        var company = await Company.WithBaselineAsync(
            keys: 2,
            o => o.Keys[1].Custodians = [],
            (c, key) =>
                c.Vault.Add(
                    key,
                    tags: key.Name == "issuer-2"
                        ? new Dictionary<string, string>(StringComparer.Ordinal) { ["rekey-custodians"] = $"{PersonOf(7)}, not-an-id" }
                        : null
                )
        );
        company.Accounts.PageSize = 100;
        for (var n = 0; n < 1_000; n++)
        {
            company.Accounts.Add(PersonOf(n), n % 2 == 0 ? PersonStanding.Enabled : PersonStanding.Disabled);
        }

        company.Accounts.Add(Company.Leaver, PersonStanding.Deleted);
        company.Accounts.Add(Company.OtherLeaver, PersonStanding.Enabled);
        await company.NewProcess().Reconcile.RunAsync(default);
        Assert.Equal(
            new HashSet<string> { $"{PersonOf(7)}", $"{Company.Leaver}" },
            company.Departures.All.Select(d => d.PersonId).ToHashSet()
        );
        Assert.All(company.Departures.All, d => Assert.True(d.Confirmed));

        // No event was missed: Rekey was not there when they left.
        company.Clock.Advance(TimeSpan.FromHours(3));
        await company.NewProcess().Reconcile.RunAsync(default);
        Assert.DoesNotContain(FindingKinds.DepartureMissed, company.Findings.Kinds);
    }

    [Fact]
    public async Task An_old_account_that_is_named_later_becomes_a_departure_within_a_day()
    {
        var company = await ReconciledAsync((Company.Leaver, PersonStanding.Enabled), (PersonOf(1), PersonStanding.Disabled));
        company.Options.Keys[0].Custodians = [$"{PersonOf(1)}"];
        company.Clock.Advance(TimeSpan.FromDays(1));
        await company.NewProcess().Reconcile.RunAsync(default);
        Assert.Equal($"{PersonOf(1)}", Assert.Single(company.Departures.All).PersonId);
    }

    [Fact]
    public async Task Without_changes_a_run_is_one_call_and_writes_one_line_an_hour()
    {
        var company = await ReconciledAsync((Company.Leaver, PersonStanding.Enabled));
        var process = company.NewProcess();
        company.Clock.Advance(TimeSpan.FromHours(1));
        await process.Reconcile.RunAsync(default);
        var (calls, lines, files) = (company.Accounts.Calls.Count, company.VerifiedLedger().Count, company.AccountFiles.Keys.ToList());
        for (var run = 0; run < 3; run++)
        {
            company.Clock.Advance(TimeSpan.FromMinutes(15));
            await process.Reconcile.RunAsync(default);
        }

        Assert.Equal(calls + 3, company.Accounts.Calls.Count);
        Assert.Equal(lines, company.VerifiedLedger().Count);
        Assert.Equal(files, company.AccountFiles.Keys);
    }

    [Theory]
    [InlineData(PersonStanding.Disabled, false)]
    [InlineData(PersonStanding.Deleted, false)]
    [InlineData(PersonStanding.Unknown, false)]
    [InlineData(PersonStanding.Disabled, true)]
    [InlineData(PersonStanding.Deleted, true)]
    public async Task A_departure_without_an_event_is_found_and_the_channel_is_a_finding(PersonStanding standing, bool isExpired)
    {
        var company = await ReconciledAsync((Company.Leaver, PersonStanding.Enabled), (PersonOf(1), PersonStanding.Disabled));
        company.Clock.Advance(TimeSpan.FromMinutes(15));
        company.Accounts.Change(Company.Leaver, standing);
        if (isExpired)
        {
            company.Accounts.Expire();
        }

        company.Clock.Advance(TimeSpan.FromMinutes(5));
        await company.NewProcess().Reconcile.RunAsync(default);
        var departure = Assert.Single(company.Departures.All);
        Assert.Equal(($"{Company.Leaver}", true), (departure.PersonId, departure.Confirmed));
        Assert.Equal(ReconcileDepartures.Source, departure.Sources.Single().Source);

        // The event may be late; after an hour it counts as missed.
        Assert.DoesNotContain(FindingKinds.DepartureMissed, company.Findings.Kinds);
        company.Clock.Advance(TimeSpan.FromHours(1));
        await company.NewProcess().Reconcile.RunAsync(default);
        var finding = Assert.Single(company.Findings.Open, f => f.Kind == FindingKinds.DepartureMissed);
        Assert.Equal((MissedDepartures.Channel, departure.Id), (finding.About, finding.Evidence["latestDeparture"]));
        Assert.Equal(isExpired ? "all" : "changes", finding.Evidence["foundBy"]);
        Assert.Equal("00:20:00", finding.Evidence["longestDelay"]);
    }

    [Fact]
    public async Task An_event_that_is_a_little_late_is_not_missed()
    {
        var company = await ReconciledAsync((Company.Leaver, PersonStanding.Enabled));
        company.Accounts.Change(Company.Leaver, PersonStanding.Disabled);
        var process = company.NewProcess();
        await process.Reconcile.RunAsync(default);
        await process.LeavesAsync(Company.Leaver);
        company.Clock.Advance(TimeSpan.FromHours(2));
        await process.Reconcile.RunAsync(default);
        Assert.Single(company.Departures.All);
        Assert.DoesNotContain(FindingKinds.DepartureMissed, company.Findings.Kinds);
    }

    [Fact]
    public async Task A_departure_that_is_over_opens_again_when_the_account_changed_unseen()
    {
        var company = await ReconciledAsync((Company.Leaver, PersonStanding.Enabled), (Company.OtherLeaver, PersonStanding.Enabled));
        var process = company.NewProcess();
        company.Accounts.Change(Company.Leaver, PersonStanding.Disabled);
        await process.LeavesAsync(Company.Leaver);
        await process.WorkAsync();
        var first = company.Departures.All.Single();
        Assert.NotNull(first.SettledAt);

        // The same change, seen by reconciliation, is no news.
        await process.Reconcile.RunAsync(default);
        Assert.Equal(1, company.Departures.All.Single().Revision);

        company.Clock.Advance(TimeSpan.FromHours(2));
        await process.Reconcile.RunAsync(default);
        company.Accounts.Change(Company.Leaver, PersonStanding.Enabled);
        company.Accounts.Change(Company.Leaver, PersonStanding.Disabled);
        company.Clock.Advance(TimeSpan.FromMinutes(15));
        await process.Reconcile.RunAsync(default);
        var again = company.Departures.All.Single();
        Assert.Equal((2, company.Now, null), (again.Revision, again.AccessEndedAt, again.SettledAt));

        // The leaver could have taken the version that was made after the first departure.
        var versions = company.Vault.VersionsOf(company.Key).Count;
        await process.WorkAsync();
        Assert.Equal(versions + 1, company.Vault.VersionsOf(company.Key).Count);
        Assert.NotNull(company.Departures.All.Single().SettledAt);
    }

    [Fact]
    public async Task Who_left_and_came_back_unseen_is_a_departure_that_a_person_decides()
    {
        var company = await ReconciledAsync(isAudited: true, (Company.Leaver, PersonStanding.Enabled));
        company.Accounts.Change(Company.Leaver, PersonStanding.Disabled);
        company.Clock.Advance(TimeSpan.FromMinutes(1));
        company.Accounts.Change(Company.Leaver, PersonStanding.Enabled);
        company.Clock.Advance(TimeSpan.FromMinutes(15));
        await company.NewProcess().Reconcile.RunAsync(default);
        var departure = Assert.Single(company.Departures.All);
        Assert.Equal((1, false, "audit/act-0"), (departure.Epoch, departure.Confirmed, departure.Sources.Single().EventId));
        Assert.Equal(2, company.People.All.Single().Epoch);
        Assert.Contains(company.Queues.Messages, m => m.Id == departure.Id);
    }

    /// <summary>The accounts have shown a departure by then; it is not one from before the first run.</summary>
    [Fact]
    public async Task Audit_logs_that_are_read_a_run_later_show_the_same_departures()
    {
        var company = await ReconciledAsync(isAudited: true, (Company.Leaver, PersonStanding.Enabled));
        foreach (var standing in new[] { PersonStanding.Disabled, PersonStanding.Enabled, PersonStanding.Disabled })
        {
            company.Clock.Advance(TimeSpan.FromMinutes(10));
            company.Accounts.Change(Company.Leaver, standing);
        }

        company.Accounts.Fault = call =>
        {
            company.Clock.Advance(TimeSpan.FromSeconds(1));
            if (call == "audit")
            {
                throw new RetryLaterException("Throttled.", TimeSpan.FromSeconds(30));
            }
        };
        await Assert.ThrowsAsync<RetryLaterException>(() => company.NewProcess().Reconcile.RunAsync(default));
        Assert.Single(company.Departures.All);

        company.Accounts.Fault = _ => { };
        company.Clock.Advance(TimeSpan.FromMinutes(5));
        await company.NewProcess().Reconcile.RunAsync(default);
        Assert.Equal([1, 2], company.Departures.All.Select(d => d.Epoch).Order());
        Assert.Equal(2, company.People.All.Single().Epoch);
    }

    [Fact]
    public async Task One_person_who_cannot_be_read_holds_up_no_other_and_is_read_later()
    {
        var company = await ReconciledAsync((Company.Leaver, PersonStanding.Enabled), (PersonOf(1), PersonStanding.Enabled));
        company.Accounts.Change(Company.Leaver, PersonStanding.Disabled);
        company.Accounts.Change(PersonOf(1), PersonStanding.Disabled);
        company.Directory.Fault = person =>
        {
            if (person == Company.Leaver)
            {
                throw new CannotContinueException("graph-forbidden", "No.", "Grant it.");
            }
        };
        company.Clock.Advance(TimeSpan.FromHours(1));
        var process = company.NewProcess();
        await process.Reconcile.RunAsync(default);
        Assert.Equal($"{PersonOf(1)}", company.Departures.All.Single().PersonId);
        Assert.Null(await LastRunAfterAsync(process, company.Now));

        company.Directory.Fault = _ => { };
        company.Clock.Advance(TimeSpan.FromHours(1));
        await company.NewProcess().Reconcile.RunAsync(default);
        Assert.Equal(2, company.Departures.All.Count);
    }

    [Fact]
    public async Task An_outage_in_the_middle_keeps_the_pages_that_were_read()
    {
        var company = Company.Found();
        for (var n = 0; n < 200; n++)
        {
            company.Accounts.Add(PersonOf(n), PersonStanding.Enabled);
        }

        var left = 60;
        company.Accounts.Fault = _ =>
        {
            if (left-- == 0)
            {
                throw new RetryLaterException("Throttled.", TimeSpan.FromSeconds(30));
            }
        };
        var refused = await Assert.ThrowsAsync<RetryLaterException>(() => company.NewProcess().Reconcile.RunAsync(default));
        Assert.Equal(TimeSpan.FromSeconds(30), refused.Delay);
        await company.NewProcess().Reconcile.RunAsync(default);

        // 100 pages of two, one of deleted accounts, one of later changes; the refused call is repeated.
        Assert.Equal(100 + 1 + 1 + 1, company.Accounts.Calls.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_is_gone_or_altered_costs_a_pass_over_all_accounts_and_is_a_finding(bool isGone)
    {
        var company = await ReconciledAsync((Company.Leaver, PersonStanding.Enabled), (PersonOf(1), PersonStanding.Disabled));
        var earlier = company.AccountFiles.Single();
        company.Accounts.Change(PersonOf(2), PersonStanding.Enabled);
        await company.NewProcess().Reconcile.RunAsync(default);

        // An earlier file under the present name.
        var name = company.AccountFiles.Single().Key;
        Assert.NotEqual(earlier.Key, name);
        company.AccountFiles[name] = isGone ? [] : earlier.Value;
        company.Accounts.Calls.Clear();
        await company.NewProcess().Reconcile.RunAsync(default);
        Assert.Equal("changes ", company.Accounts.Calls[0]);
        Assert.Contains(FindingKinds.AccountsFileLost, company.Findings.Kinds);
        Assert.Empty(company.Departures.All);

        company.Accounts.Change(Company.Leaver, PersonStanding.Disabled);
        await company.NewProcess().Reconcile.RunAsync(default);
        Assert.Single(company.Departures.All);
    }

    [Fact]
    public async Task The_ledger_says_when_accounts_were_compared()
    {
        var company = await ReconciledAsync((Company.Leaver, PersonStanding.Enabled));
        Assert.Equal(company.Now, await LastRunAfterAsync(company.NewProcess(), company.Now));
        Assert.Single(company.AccountFiles);
        Assert.Contains(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.AccountsReconciled);
    }

    private static async Task<DateTimeOffset?> LastRunAfterAsync(Process process, DateTimeOffset time) =>
        await process.Runs.LastAsync(RunLedger.Accounts, part: null, default) is { } last && last >= time ? last : null;

    private static Task<Company> ReconciledAsync(params (Guid Person, PersonStanding Standing)[] accounts) =>
        ReconciledAsync(isAudited: false, accounts);

    private static async Task<Company> ReconciledAsync(bool isAudited, params (Guid Person, PersonStanding Standing)[] accounts)
    {
        var company = await Company.WithBaselineAsync();
        company.IsAudited = isAudited;
        foreach (var (person, standing) in accounts)
        {
            company.Accounts.Add(person, standing);
        }

        await company.NewProcess().Reconcile.RunAsync(default);
        Assert.Empty(company.Departures.All);
        return company;
    }

    private static Guid PersonOf(int n) => new($"5b0b1a4e-0000-4000-8000-{n:D12}");
}
