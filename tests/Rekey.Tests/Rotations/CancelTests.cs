using Rekey.Core;
using Rekey.Decisions;
using Rekey.Departures.Cancelling;
using Rekey.Departures.Directory;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Rotations.Outcomes;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Endurance;

namespace Rekey.Tests.Rotations;

/// <summary>An approver cancels a rotation until trust in its old versions ends.</summary>
public sealed class CancelTests
{
    private const string Operator = "5b0b1a4e-0000-4000-8000-0000000000ee";

    [Fact]
    public async Task The_old_versions_of_a_cancelled_rotation_stay_trusted_and_the_new_one_becomes_current()
    {
        var company = await PausedAsync(p => p.LeavesAsync(Company.Leaver));
        var old = company.Vault.VersionsOf(company.Key)[0].Public.PublicKey.Thumbprint;
        var outcome = await CancelAsync(company);
        Assert.Null(outcome.Refusal);
        Assert.Equal(Company.Approver, outcome.Rotation!.CancelledBy);
        Assert.Null((await CancelAsync(company)).Refusal);
        Assert.Single(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.RotationCancelled);

        await GoOnAsync(company);
        AssertCancelled(company, old);
        Assert.Equal(2, company.TrustList.Keys.Count);
        var departure = company.Departures.All.Single();
        Assert.NotNull(departure.SettledAt);
        var response = Assert.Single(
            Assert.Single((await company.NewProcess().ReadDeparture.FindAsync(departure.Id, default))!.Keys).Responses
        );
        Assert.Equal((RotationOutcome.Cancelled, Company.Approver), (response.Cause.Outcome, response.Cause.By));
        Assert.Contains("stay trusted", response.Cause.Why, StringComparison.Ordinal);
        Assert.Equal(
            $"{company.Key.Id}=cancelled",
            company.VerifiedLedger().Single(l => l.Entry.Kind == LedgerKinds.DepartureSettled).Entry.Facts["outcomes"]
        );

        // The next departure rotates the key whole.
        await company.NewProcess().LeavesAsync(Company.OtherLeaver, eventId: "event-2");
        await company.NewProcess().WorkAsync();
        Assert.Equal(2, company.Rotation.Number);
        WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task A_graceful_rotation_is_cancelled_while_the_last_honest_tokens_live_and_no_later()
    {
        var company = await Company.WithBaselineAsync();
        var old = company.TrustList.Keys.Single().Thumbprint;
        await company.NewProcess().OrderAsync("age/1", Urgency.Graceful);
        var process = company.NewProcess();
        for (var hours = 0; company.Rotation.State is not RotationState.SigningStopped && hours < 200; hours++)
        {
            await process.WorkAsync(TimeSpan.FromHours(1));
        }

        Assert.Equal(RotationState.SigningStopped, company.Rotation.State);
        Assert.Null((await CancelAsync(company)).Refusal);
        await company.NewProcess().WorkAsync(TimeSpan.FromDays(30));
        AssertCancelled(company, old);
        Assert.Equal(2, company.TrustList.Keys.Count);
    }

    [Fact]
    public async Task After_the_end_of_trust_it_cannot_be_undone_and_unknown_rotations_are_unknown()
    {
        var company = await Company.WithBaselineAsync();
        Assert.Equal(CancelRefusal.NotFound, (await CancelAsync(company, $"{company.Key.Row}~1")).Refusal);
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask);
        Assert.Equal(CancelRefusal.NotStarted, (await CancelAsync(company)).Refusal);
        await company.NewProcess().SayAsync(company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate), approve: true);
        await company.NewProcess().WorkAsync();
        Assert.Equal(CancelRefusal.CannotBeUndone, (await CancelAsync(company, by: Operator)).Refusal);
        await company.NewProcess().OrderAsync("departure-2", Urgency.Immediate);
        await company.NewProcess().WorkAsync();
        Assert.Equal(CancelRefusal.CannotBeUndone, (await CancelAsync(company, $"{company.Key.Row}~1")).Refusal);
        foreach (var id in new[] { $"{company.Key.Row}~3", company.Key.Row, $"{company.Key.Row}~", "~1", "none" })
        {
            Assert.Equal(CancelRefusal.NotFound, (await CancelAsync(company, id)).Refusal);
        }

        WorldOutcome.MustHold(company);
    }

    [Theory]
    [InlineData(ResponseMode.Enforce)]
    [InlineData(ResponseMode.Ask)]
    public async Task Neither_the_leaver_nor_a_reporter_nor_who_approved_it_nor_who_leaves_cancels_it(ResponseMode mode)
    {
        var approver = $"{Guid.NewGuid()}";
        var company = await PausedAsync(
            async p =>
            {
                await p.LeavesAsync(Company.Leaver);
                await p.Notice.NoticeAsync(
                    new(
                        Company.Tenant,
                        Company.Leaver,
                        new("ReportDeparture", "ticket-1", DateTimeOffset.UnixEpoch, Operator),
                        IsObservation: false,
                        Hostile: false
                    ),
                    default
                );
            },
            mode,
            approver
        );
        var leaving = Guid.NewGuid();
        await company.NewProcess().LeavesAsync(leaving, source: "ReportDeparture", eventId: "9", standing: PersonStanding.Enabled);
        string[] starters = [$"{Company.Leaver}".ToUpperInvariant(), Operator, .. mode is ResponseMode.Ask ? new[] { approver } : []];
        foreach (var person in starters)
        {
            Assert.Contains(
                (await CancelAsync(company, by: person)).Refusal,
                new CancelRefusal?[] { CancelRefusal.StartedByCaller, CancelRefusal.DepartureIsOpen }
            );
        }

        Assert.Equal(CancelRefusal.StartedByCaller, (await CancelAsync(company, by: Operator)).Refusal);
        Assert.Equal(CancelRefusal.DepartureIsOpen, (await CancelAsync(company, by: $"{leaving}")).Refusal);
        Assert.Null((await CancelAsync(company)).Refusal);
    }

    [Fact]
    public async Task A_hostile_departure_and_proven_forgery_are_never_cancelled_and_begin_anew_after_a_cancellation()
    {
        var hostile = await PausedAsync(p => p.LeavesAsync(Company.Leaver, hostile: true));
        Assert.Equal(CancelRefusal.Hostile, (await CancelAsync(hostile)).Refusal);
        var forged = await PausedAsync(p => p.OrderAsync("forgery/abc", Urgency.Immediate));
        Assert.Equal(CancelRefusal.Forged, (await CancelAsync(forged)).Refusal);

        foreach (var isOver in new[] { false, true })
        {
            var company = await PausedAsync(p => p.LeavesAsync(Company.Leaver));
            Assert.Null((await CancelAsync(company)).Refusal);
            await (isOver ? GoOnAsync(company) : Task.CompletedTask);
            await company.NewProcess().OrderAsync("forgery/abc", Urgency.Immediate);
            await (isOver ? company.NewProcess().WorkAsync() : GoOnAsync(company));
            Assert.Equal(2, company.Rotation.Number);
            WorldOutcome.MustHold(company);
        }
    }

    /// <summary>Somebody cancels while another process rotates: in every order of their effects, one of the two comes first.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_cancellation_and_the_end_of_trust_at_the_same_time_are_one_after_the_other(int seed)
    {
        var company = await Company.WithBaselineAsync();
        var old = company.TrustList.Keys.Single().Thumbprint;
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        CancelRefusal? refusal = CancelRefusal.NotStarted;
        await new Schedule(seed).RunAsync(2, async (n, fate) =>
        {
            var process = company.NewProcess(fate);
            if (n == 0)
            {
                await process.GoAsync();
                return;
            }

            // It comes early or late. The rotation begins when the other process takes it up.
            for (var waits = 0; waits < seed % 30; waits++)
            {
                await fate.DoAsync("waits", () => Task.CompletedTask);
            }

            for (var tries = 0; refusal is CancelRefusal.NotStarted && tries < 50; tries++)
            {
                await fate.DoAsync("waits", () => Task.CompletedTask);
                refusal = (await process.Cancel.CancelAsync(company.Rotation.RouteId, Company.Approver, default)).Refusal;
            }
        });
        company.Clock.Advance(company.Options.Rotations.Lease + TimeSpan.FromSeconds(1));
        await company.NewProcess().WorkAsync();
        AssertOneOfTheTwo(company, old, refusal);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 300)];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wherever_the_rotating_process_dies_a_cancellation_keeps_the_old_version_or_is_refused(bool afterTheEffect)
    {
        var (effects, cancelled, refused) = (int.MaxValue, 0, 0);
        for (var n = 1; n <= effects; n++)
        {
            var company = await Company.WithBaselineAsync();
            var old = company.TrustList.Keys.Single().Thumbprint;
            await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
            var doomed = company.NewProcess(new DiesAt(n, afterTheEffect));
            try
            {
                await doomed.GoAsync();
                effects = doomed.Fate.Effects.Count;
            }
            catch (ProcessDiedException)
            {
                // The ledger says how far it came.
            }

            var refusal = (await CancelAsync(company)).Refusal;
            company.Clock.Advance(company.Options.Rotations.Lease + TimeSpan.FromSeconds(1));
            await company.NewProcess().WorkAsync();
            AssertOneOfTheTwo(company, old, refusal);
            _ = refusal is null ? cancelled++ : refused++;
        }

        Assert.True(cancelled > 5 && refused > 2, $"{cancelled} cancelled and {refused} refused: this proves little.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wherever_the_cancelling_process_dies_the_rotation_is_cancelled_or_goes_on(bool afterTheEffect)
    {
        var (effects, cancelled, goesOn) = (int.MaxValue, 0, 0);
        for (var n = 1; n <= effects; n++)
        {
            var company = await Company.WithBaselineAsync();
            var old = company.TrustList.Keys.Single().Thumbprint;
            await company.NewProcess().OrderAsync("age/1", Urgency.Graceful);
            await company.NewProcess().GoAsync();
            var doomed = company.NewProcess(new DiesAt(n, afterTheEffect));
            try
            {
                await doomed.Cancel.CancelAsync(company.Rotation.RouteId, Company.Approver, default);
                await doomed.WorkAsync(TimeSpan.FromMinutes(5));
                effects = doomed.Fate.Effects.Count;
            }
            catch (ProcessDiedException)
            {
                // The ledger says how far it came.
            }

            var isCancelled = company.VerifiedLedger().Any(l => l.Entry.Kind == LedgerKinds.RotationCancelled);
            company.Clock.Advance(company.Options.Rotations.Lease + TimeSpan.FromSeconds(1));
            await company.NewProcess().WorkAsync(TimeSpan.FromDays(30));
            AssertOneOfTheTwo(company, old, isCancelled ? null : CancelRefusal.NotStarted);
            _ = isCancelled ? cancelled++ : goesOn++;
        }

        Assert.True(
            cancelled > 2 && goesOn >= (afterTheEffect ? 0 : 1),
            $"{cancelled} cancelled and {goesOn} went on: this proves little."
        );
    }

    private static void AssertOneOfTheTwo(Company company, string old, CancelRefusal? refusal)
    {
        if (refusal is null)
        {
            AssertCancelled(company, old);
        }
        else
        {
            WorldOutcome.MustHold(company);
            Assert.DoesNotContain(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.RotationCancelled);
        }
    }

    private static void AssertCancelled(Company company, string old)
    {
        var rotation = company.Rotation;
        Assert.Equal((RotationState.Cancelled, false), (rotation.State, rotation.IsActive));
        Assert.Empty(company.TrustList.Revoked);
        Assert.DoesNotContain(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.TrustEnded);
        Assert.Contains(company.TrustList.Keys, k => k.Thumbprint == old);

        // Where there is a new version, it is current, and no unknown version can sign.
        company.Clock.Advance(company.Options.Trust.AnnounceTime + TimeSpan.FromMinutes(1));
        company.NewProcess().Publish.PublishAsync(default).GetAwaiter().GetResult();
        Assert.True(
            company.TrustList.Keys.Count == (rotation.NewVersion is null ? 1 : 2)
                && company.TrustList.Keys.Count(k => k.Current) == 1
                && company.TrustList.Keys.Single(k => k.Current).Thumbprint == (rotation.NewThumbprint ?? old),
            $"{rotation}\n{string.Join('\n', company.TrustList.Keys)}"
        );
        foreach (var version in company.Vault.VersionsOf(company.Key).Select(v => v.Public).Where(v => v.CanSign))
        {
            Assert.Contains(company.TrustList.Keys, k => k.Version == version.Version);
        }

        Assert.Empty(company.Findings.Open);
    }

    /// <summary>A company whose rotation has a new version, and which an operator has stopped then.</summary>
    private static async Task<Company> PausedAsync(
        Func<Process, Task> order,
        ResponseMode mode = ResponseMode.Enforce,
        string approver = Company.Approver
    )
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = mode);
        company.Vault.Fault = (call, _, _) =>
        {
            if (call == "rotate")
            {
                company.NewProcess().StopAndStart.StopAsync("somebody", default).GetAwaiter().GetResult();
            }
        };
        await order(company.NewProcess());
        await company.NewProcess().DrainAsync();
        foreach (var question in company.Decisions.All.Where(d => d.Kind == DecisionKinds.Rotate))
        {
            Assert.Null((await company.NewProcess().SayAsync(question, approve: true, approver)).Refusal);
        }

        await company.NewProcess().WorkAsync(TimeSpan.FromMinutes(10));
        company.Vault.Fault = (_, _, _) => { };
        Assert.Equal(RotationState.VersionCreated, company.Rotation.State);
        return company;
    }

    private static async Task GoOnAsync(Company company)
    {
        var process = company.NewProcess();
        var question = (await process.StopAndStart.AskToStartAsync("go on", $"{Guid.NewGuid()}", default))!;
        Assert.Null((await process.SayAsync(question, approve: true)).Refusal);
        await process.WorkAsync();
    }

    private static Task<CancelOutcome> CancelAsync(Company company, string? id = null, string by = Company.Approver) =>
        company.NewProcess().Cancel.CancelAsync(id ?? company.Rotation.RouteId, by, default);
}
