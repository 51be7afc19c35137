using Rekey.Core;
using Rekey.Decisions;
using Rekey.Departures.Directory;
using Rekey.Exposures.Audit;
using Rekey.Exposures.Watching;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Exposures;

/// <summary>What a person who has left does is seen until nothing that they know is in reach (T14).</summary>
public sealed class WatchTests
{
    private const string App = "5b0b1a4e-0000-4000-8000-00000000a001";

    [Theory]
    [InlineData(30, "within the lifetime of an access token")]
    [InlineData(200, "after every access token of theirs had expired")]
    public async Task A_key_that_the_person_used_is_a_finding_and_is_rotated(int minutes, string words)
    {
        var world = await WatchWorld.StartAsync();
        await world.WatchAsync(TimeSpan.FromMinutes(minutes));
        world.Does("keysign", 1);
        await world.WatchAsync(TimeSpan.FromMinutes(5));

        var finding = Assert.Single(world.Open(FindingKinds.LeaverUsedKey));
        Assert.Contains(words, finding.Title, StringComparison.Ordinal);
        Assert.Equal(Severity.Critical, finding.Severity);
        Assert.Equal([3, 2], world.Versions);
    }

    [Theory]
    [InlineData("keyget", 200, "read")]
    [InlineData("keysign", 403, "was refused")]
    public async Task A_call_that_takes_nothing_is_a_finding_and_rotates_nothing(string operation, int status, string words)
    {
        var world = await WatchWorld.StartAsync();
        world.Does(operation, 1, status: status);
        await world.WatchAsync(TimeSpan.FromMinutes(5));
        Assert.Contains(words, Assert.Single(world.Open(FindingKinds.LeaverUsedKey)).Title, StringComparison.Ordinal);
        Assert.Equal([2, 2], world.Versions);
    }

    [Fact]
    public async Task A_lesser_act_lowers_no_severity()
    {
        var world = await WatchWorld.StartAsync(before: w => w.Owns(App));
        foreach (var operation in new[] { "keysign", "keyget" })
        {
            world.Does(operation, 1);
            world.Does(operation, 2, oid: App);
            await world.WatchAsync(TimeSpan.FromHours(20));
            Assert.Equal(Severity.Critical, Assert.Single(world.Open(FindingKinds.LeaverUsedKey)).Severity);
            Assert.Equal(Severity.High, Assert.Single(world.Open(FindingKinds.LeaverReachUsed)).Severity);
        }
    }

    /// <summary>A row that arrives hours late is seen, and a row that is read twice changes nothing.</summary>
    [Fact]
    public async Task A_late_row_is_seen_and_no_row_counts_twice()
    {
        var world = await WatchWorld.StartAsync();
        world.Audit.Now = () => world.Now;
        var late = world.Does("keysign", 1) with { Lag = TimeSpan.FromHours(7) };
        world.Audit.Rows[^1] = late;
        for (var hour = 0; hour < 12; hour++)
        {
            await world.WatchAsync(TimeSpan.FromHours(1));
            Assert.Equal(hour < 7 ? 0 : 1, world.Open(FindingKinds.LeaverUsedKey).Count);
        }

        Assert.Equal([3, 2], world.Versions);
        Assert.Equal(1, world.Departure.Watch!.Keys.Single().Orders);
        Assert.All(world.Audit.Questions.Skip(1), q => Assert.True(q.ArrivedSince >= world.Now - TimeSpan.FromHours(15)));
    }

    /// <summary>The person goes on and on: each key is rotated at most once in a token's lifetime, and not for less than the last
    /// use.</summary>
    [Fact]
    public async Task A_key_is_rotated_at_most_once_in_a_tokens_lifetime()
    {
        var world = await WatchWorld.StartAsync();
        for (var step = 0; step < 36; step++)
        {
            world.Does("keybackup", 1);
            await world.WatchAsync(TimeSpan.FromMinutes(10));
        }

        var used = world.Departure.Watch!.Keys.Single();
        Assert.InRange(used.Orders, 4, 5);
        await world.WatchAsync(TimeSpan.FromHours(2));
        await world.WatchAsync(TimeSpan.FromMinutes(10));
        Assert.False(world.Departure.Watch!.Keys.Single().IsUnanswered);
        Assert.True(world.Newest(1) > used.UsedAt);
    }

    /// <summary>A departure that was confirmed late: what was done since the account was closed arrived before the last run.</summary>
    [Fact]
    public async Task What_arrived_before_the_watch_began_is_seen()
    {
        var world = await WatchWorld.StartAsync(isWatched: false);
        world.Does("keysign", 1);
        for (var hour = 0; hour < 5; hour++)
        {
            world.Company.Clock.Advance(TimeSpan.FromHours(1));
            await world.Company.NewProcess().Runs.RanAsync(RunLedger.Watch, [], default);
        }

        await world.WatchAsync(TimeSpan.FromMinutes(5));
        Assert.Single(world.Open(FindingKinds.LeaverUsedKey));
        Assert.Equal([3, 2], world.Versions);
    }

    [Fact]
    public async Task What_was_used_before_the_account_was_closed_is_no_finding()
    {
        var world = await WatchWorld.StartAsync(before: w => w.Does("keysign", 1));
        await world.WatchAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(world.Open(FindingKinds.LeaverUsedKey));
        Assert.Equal([2, 2], world.Versions);
    }

    [Fact]
    public async Task A_sign_in_of_the_person_is_a_finding_and_a_refused_one_is_not()
    {
        var world = await WatchWorld.StartAsync();
        world.SignsIn(world.Leaver, result: "50057");
        await world.WatchAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(world.Open(FindingKinds.LeaverSignedIn));
        world.SignsIn(world.Leaver, WatchedLogs.NonInteractive);
        await world.WatchAsync(TimeSpan.FromMinutes(5));
        Assert.Single(world.Open(FindingKinds.LeaverSignedIn));
        Assert.Equal([2, 2], world.Versions);
    }

    /// <summary>T14: each honest signature of an application that the person owned looks like theirs.</summary>
    [Fact]
    public async Task An_application_in_reach_is_asked_about_and_rotates_nothing()
    {
        var world = await WatchWorld.StartAsync(before: w => w.Owns(App));
        for (var hour = 0; hour < 12; hour++)
        {
            world.Does("keysign", 1, oid: App);
            world.SignsIn(App, WatchedLogs.ServicePrincipals);
            await world.WatchAsync(TimeSpan.FromHours(1));
        }

        Assert.Equal([2, 2], world.Versions);
        var finding = Assert.Single(world.Open(FindingKinds.LeaverReachUsed));
        Assert.Contains("they are the owner of that application", finding.Title, StringComparison.Ordinal);
        Assert.Contains(App, Assert.Single(world.Questions(DecisionKinds.ReplaceCredential)).Statement, StringComparison.Ordinal);
    }

    /// <summary>A person with a live token adds a credential, and the application with it adds another one.</summary>
    [Fact]
    public async Task A_new_credential_is_a_finding_and_extends_the_reach()
    {
        const string second = "5b0b1a4e-0000-4000-8000-00000000a002";
        var world = await WatchWorld.StartAsync();
        world.Adds(world.Leaver, App);
        await world.WatchAsync(TimeSpan.FromMinutes(5));
        Assert.Contains(App, Assert.Single(world.Open(FindingKinds.LeaverAddedCredential)).Title, StringComparison.Ordinal);

        world.Adds(App, second, "update application: federated credential");
        await world.WatchAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(2, world.Open(FindingKinds.LeaverAddedCredential).Count);
        Assert.Equal([App, second], world.Departure.Watch!.Reach.Select(r => r.Id));
        world.SignsIn(second, WatchedLogs.ServicePrincipals);
        await world.WatchAsync(TimeSpan.FromMinutes(5));
        Assert.Contains(second, Assert.Single(world.Open(FindingKinds.LeaverReachUsed)).Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_observe_mode_everything_is_a_finding_and_nothing_is_done()
    {
        var world = await WatchWorld.StartAsync(mode: ResponseMode.Observe, before: w => w.Owns(App));
        world.Does("keysign", 1);
        world.Does("keysign", 1, oid: App);
        await world.WatchAsync(TimeSpan.FromMinutes(5));
        Assert.Single(world.Open(FindingKinds.LeaverUsedKey));
        Assert.Single(world.Open(FindingKinds.LeaverReachUsed));
        Assert.Equal([1, 1], world.Versions);
        Assert.Empty(world.Questions(DecisionKinds.ReplaceCredential));
        Assert.Contains(world.Lines, l =>
            l.Entry.Kind == LedgerKinds.RotationObserved && l.Entry.Facts.Values.Any(v => v.EndsWith("/used/1", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task While_rekey_is_stopped_the_order_waits()
    {
        var world = await WatchWorld.StartAsync();
        world.Does("keysign", 1);
        world.Company.Options.Stopped = true;
        await world.WatchAsync(TimeSpan.FromMinutes(5));
        Assert.Single(world.Open(FindingKinds.LeaverUsedKey));
        Assert.Equal([2, 2], world.Versions);
        Assert.False(world.Departure.Watch!.Keys.Single().IsPlanned);
        Assert.Empty(OrdersOf(world));
        world.Company.Options.Stopped = false;
        await world.WatchAsync(TimeSpan.FromMinutes(5));
        Assert.Equal([3, 2], world.Versions);
    }

    /// <summary>A log that is missing, damaged or refused is a finding of its own, and none that is over stays open.</summary>
    [Fact]
    public async Task What_the_logs_do_not_show_is_a_finding()
    {
        var world = await WatchWorld.StartAsync();
        world.Audit.SignIns.RemoveAll(s => s.Log == WatchedLogs.NonInteractive);
        await world.WatchAsync(TimeSpan.FromMinutes(5));
        Assert.Contains(
            "AADNonInteractiveUserSignInLogs",
            Assert.Single(world.Open(FindingKinds.WatchIncomplete)).Title,
            StringComparison.Ordinal
        );
        world.SignsIn("someone", WatchedLogs.NonInteractive);
        await world.WatchAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(world.Open(FindingKinds.WatchIncomplete));

        foreach (var damage in (Action<bool>[])[on => world.Audit.IsTorn = on, on => world.Audit.IsForbidden = on])
        {
            damage(true);
            await world.WatchAsync(TimeSpan.FromMinutes(5));
            Assert.Single(world.Open(FindingKinds.WatchIncomplete));
            damage(false);
            await world.WatchAsync(TimeSpan.FromMinutes(5));
            Assert.Empty(world.Open(FindingKinds.WatchIncomplete));
        }

        // A log that does not answer holds the watermark: what arrived meanwhile is read later.
        world.Audit.IsSilent = true;
        world.Does("keysign", 1);
        for (var hour = 0; hour < 5; hour++)
        {
            await Assert.ThrowsAsync<RetryLaterException>(() => world.WatchAsync(TimeSpan.FromHours(1)));
        }

        world.Audit.IsSilent = false;
        await world.WatchAsync(TimeSpan.FromMinutes(5));
        Assert.Single(world.Open(FindingKinds.LeaverUsedKey));
    }

    [Fact]
    public async Task The_missing_log_of_the_directory_is_a_finding_although_nobody_has_left()
    {
        var world = await ExposureWorld.StartAsync();
        world.Company.AuditLog = world.Audit;
        world.Does("keyget", 1, oid: "rekey");
        await world.Company.NewProcess().Watch.RunAsync(default);
        Assert.Contains(world.Company.Findings.Open, f =>
            f.Kind == FindingKinds.WatchIncomplete && f.Title.Contains("AuditLogs", StringComparison.Ordinal)
        );
    }

    /// <summary>The watch goes on while a credential that the person may know is left, whatever the calendar says.</summary>
    [Fact]
    public async Task The_watch_ends_when_nothing_that_the_person_knows_is_in_reach()
    {
        var world = await WatchWorld.StartAsync(before: w => w.Owns(App));
        var (old, young) = (
            new PrincipalCredential("old", world.Now - TimeSpan.FromDays(100), Until: null),
            new PrincipalCredential("young", world.Now + TimeSpan.FromDays(1), Until: null)
        );
        world.Company.PrincipalCredentials.Credentials[App] = [old, young];
        await world.WatchAsync(TimeSpan.FromDays(8));
        Assert.True(world.Departure.Watch!.IsOpen);

        // A right on the vault is in reach too.
        world.Company.PrincipalCredentials.Credentials[App] = [young];
        world.World.Assign(world.Leaver, world.World.Vault.Signer);
        await world.WatchAsync(TimeSpan.FromHours(7));
        Assert.True(world.Departure.Watch!.IsOpen);

        world.World.Azure.Assignments.RemoveAll(a => a.PrincipalId == world.Leaver);
        await world.WatchAsync(TimeSpan.FromHours(7));
        Assert.Equal(EndWatch.NothingInReach, world.Departure.Watch!.EndedBecause);
        Assert.Single(world.Lines, l => l.Entry.Kind == LedgerKinds.WatchEnded);
    }

    /// <summary>In the first days nothing but a decision ends the watch; nor does anything later, when the person had a way in that no
    /// token explains.</summary>
    [Theory]
    [InlineData(60, true)]
    [InlineData(200, false)]
    public async Task The_watch_lasts_days_and_goes_on_when_the_person_has_another_way_in(int minutes, bool ends)
    {
        var world = await WatchWorld.StartAsync();
        await world.WatchAsync(TimeSpan.FromMinutes(minutes));
        world.SignsIn(world.Leaver);
        await world.WatchAsync(TimeSpan.FromDays(6));
        Assert.True(world.Departure.Watch!.IsOpen);
        await world.WatchAsync(TimeSpan.FromDays(2));
        Assert.Equal(ends, !world.Departure.Watch!.IsOpen);
    }

    [Fact]
    public async Task An_approver_ends_the_watch_and_silence_does_not()
    {
        var world = await WatchWorld.StartAsync(before: w => w.Owns(App));
        world.Company.PrincipalCredentials.Credentials[App] = [new("old", null, null)];
        await world.WatchAsync(TimeSpan.FromDays(29));
        Assert.Empty(world.Questions(DecisionKinds.EndWatch));
        await world.WatchAsync(TimeSpan.FromDays(2));
        var question = Assert.Single(world.Questions(DecisionKinds.EndWatch));
        Assert.Contains("1 credential that the person may know", question.Statement, StringComparison.Ordinal);

        // No approver answers: the watch goes on, and the question comes again.
        await world.WatchAsync(TimeSpan.FromDays(20));
        Assert.True(world.Departure.Watch!.IsOpen);
        await world.WatchAsync(TimeSpan.FromDays(11));
        var again = Assert.Single(world.Questions(DecisionKinds.EndWatch));
        Assert.NotEqual(question.Id, again.Id);
        await world.Company.NewProcess().SayAsync(again, approve: true);
        Assert.Equal((EndWatch.Decided, again.Id), (world.Departure.Watch!.EndedBecause, world.Departure.Watch.DecisionId));
    }

    /// <summary>T10: an account that is enabled for a minute closes nothing. A second departure is watched instead.</summary>
    [Fact]
    public async Task A_person_who_is_back_is_asked_about_and_one_who_leaves_again_is_watched_again()
    {
        var world = await WatchWorld.StartAsync();
        await world.Company.NewProcess().LeavesAsync(Company.Leaver, eventId: "event-2", standing: PersonStanding.Enabled);
        world.Does("keysign", 1);
        await world.WatchAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(world.Open(FindingKinds.LeaverUsedKey));
        Assert.True(world.Departure.Watch!.IsOpen);
        Assert.Single(world.Questions(DecisionKinds.EndWatch));

        world.Company.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.Company.NewProcess().LeavesAsync(Company.Leaver, eventId: "event-3");
        await world.WatchAsync(TimeSpan.FromMinutes(5));
        world.Does("keysign", 1);
        await world.WatchAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(EndWatch.LeftAgain, world.Departures[0].Watch!.EndedBecause);
        Assert.True(world.Departures[1].Watch!.IsOpen);
        Assert.Single(world.Open(FindingKinds.LeaverUsedKey));
        Assert.Empty(world.Questions(DecisionKinds.EndWatch));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wherever_it_dies_each_thing_is_done_once(bool afterTheEffect)
    {
        for (var n = 1; ; n++)
        {
            var world = await WatchWorld.StartAsync(before: w => w.Owns(App), isWatched: false);
            world.Does("keysign", 1);
            world.Does("keysign", 2, oid: App);
            world.SignsIn(world.Leaver);
            world.Adds(world.Leaver, "another");
            var died = await Record.ExceptionAsync(() => world.Company.NewProcess(new DiesAt(n, afterTheEffect)).Watch.RunAsync(default));
            if (died is not (null or ProcessDiedException))
            {
                throw died;
            }

            await world.WatchAsync(TimeSpan.FromMinutes(5));
            await world.WatchAsync(TimeSpan.FromMinutes(5));
            var at = $"Died {(afterTheEffect ? "after" : "before")} effect {n}.";
            Assert.True(world.Versions is [3, 2], at);
            Assert.True(world.Departure.Watch!.Keys.Single() is { Orders: 1, IsPlanned: true }, at);
            Assert.Single(OrdersOf(world));
            Assert.Single(world.Lines, l => l.Entry.Kind == LedgerKinds.WatchBegun);
            Assert.Single(world.Questions(DecisionKinds.ReplaceCredential));
            foreach (
                var kind in (string[])
                    [
                        FindingKinds.LeaverUsedKey,
                        FindingKinds.LeaverSignedIn,
                        FindingKinds.LeaverAddedCredential,
                        FindingKinds.LeaverReachUsed,
                    ]
            )
            {
                Assert.Single(world.Open(kind));
            }

            if (died is null)
            {
                Assert.True(n > 6, $"Only {n} effects: this proves little.");
                return;
            }
        }
    }

    /// <summary>The causes of the rotations that were planned for uses after the person had left, with repeats.</summary>
    private static List<string> OrdersOf(WatchWorld world) =>
        [
            .. world
                .Lines.Where(l => l.Entry.Kind == LedgerKinds.RotationPlanned)
                .Select(l => l.Entry.Facts["cause"])
                .Where(c => c.Contains("/used/", StringComparison.Ordinal)),
        ];
}
