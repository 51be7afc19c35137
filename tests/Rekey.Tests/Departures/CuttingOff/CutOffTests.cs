using Rekey.Core;
using Rekey.Decisions;
using Rekey.Departures.CuttingOff;
using Rekey.Departures.Directory;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Departures.CuttingOff;

/// <summary>A person who has left is cut off before their keys are rotated (T4), in Enforce or after a yes (T11, T22).</summary>
public sealed class CutOffTests
{
    private static readonly string[] Steps =
    [
        LedgerKinds.CutOffBegun,
        LedgerKinds.SessionsRevoked,
        LedgerKinds.GrantRemoving,
        LedgerKinds.GrantRemoved,
        LedgerKinds.CutOffEnded,
        LedgerKinds.RotationPlanned,
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task In_enforce_sessions_and_direct_grants_go_before_any_rotation(bool isDeclared)
    {
        var world = await CutOffWorld.StartAsync(isDeclared: isDeclared);
        await world.LeaveAsync();

        Assert.Equal([Company.Leaver], world.Sessions!.Revoked);
        Assert.Equal([world.Grant.Id], world.Azure.Removed);
        Assert.Equal(Steps, world.Kinds.Where(Steps.Contains));
        Assert.Empty(world.CutOffFindings);
        Assert.DoesNotContain(FindingKinds.VaultGrantMissing, world.Watch.Open.Select(f => f.Kind));
        Assert.NotNull(world.Departure.CutOff!.EndedAt);
        Assert.Null(world.Departure.CutOff.DecisionId);
    }

    [Fact]
    public async Task Groups_and_added_credentials_are_asked_about()
    {
        var world = await CutOffWorld.StartAsync();
        await world.LeaveAsync();

        var group = Assert.Single(world.Questions(DecisionKinds.RemoveGrant));
        Assert.Contains($"member of group {world.Group}", group.Statement, StringComparison.Ordinal);
        Assert.Contains("an operator must remove the person from the group", group.Statement, StringComparison.Ordinal);
        Assert.Contains(FindingKinds.VaultMemberLeft, world.Watch.Open.Select(f => f.Kind));
        var credential = Assert.Single(world.Questions(DecisionKinds.ReplaceCredential));
        Assert.Contains(CutOffWorld.Application, credential.Statement, StringComparison.Ordinal);
        Assert.Contains(CutOffWorld.Leaver, credential.Initiators);

        // The operator has removed the person: the next sweep closes the finding.
        world.Azure.Members[world.Group].Clear();
        await world.Watch.SweepAsync();
        Assert.DoesNotContain(FindingKinds.VaultMemberLeft, world.Watch.Open.Select(f => f.Kind));
    }

    [Fact]
    public async Task In_observe_it_is_recorded_what_would_be_done_and_nothing_is_done()
    {
        var world = await CutOffWorld.StartAsync(ResponseMode.Observe);
        await world.LeaveAsync();
        await world.TimersAsync(TimeSpan.FromHours(1));

        var line = Assert.Single(world.Company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.CutOffObserved);
        Assert.Contains("revoke sign-in sessions", line.Entry.Facts["would"], StringComparison.Ordinal);
        Assert.Empty(world.Sessions!.Revoked);
        Assert.Empty(world.Azure.Removed);
        Assert.DoesNotContain(world.Company.Decisions.All, d => d.Kind is DecisionKinds.CutOff or DecisionKinds.ReplaceCredential);
        Assert.Null(world.Departure.CutOff);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task In_ask_an_approver_decides(bool approve)
    {
        var world = await CutOffWorld.StartAsync(ResponseMode.Ask);
        await world.LeaveAsync();
        await world.TimersAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(world.Sessions!.Revoked);
        var question = Assert.Single(world.Questions(DecisionKinds.CutOff));
        Assert.Contains("revokes their sign-in sessions", question.Statement, StringComparison.Ordinal);

        await world.Company.NewProcess().SayAsync(question, approve);
        await world.TimersAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(approve ? [Company.Leaver] : [], world.Sessions.Revoked);
        Assert.Equal(approve ? [world.Grant.Id] : [], world.Azure.Removed);
        Assert.Equal(approve ? question.Id : null, world.Departure.CutOff?.DecisionId);
    }

    /// <summary>The process that takes the yes dies before it acts: the timer does it.</summary>
    [Fact]
    public async Task A_yes_that_was_not_carried_out_is_carried_out_by_the_timer()
    {
        var world = await CutOffWorld.StartAsync(ResponseMode.Ask);
        await world.LeaveAsync();
        var question = Assert.Single(world.Questions(DecisionKinds.CutOff));
        await world.Company.NewProcess().Answer.AnswerAsync(new(question.Id, true, question.PlanHash, Company.Approver, null), default);
        Assert.Empty(world.Sessions!.Revoked);
        await world.TimersAsync(TimeSpan.FromMinutes(1));
        Assert.Equal([Company.Leaver], world.Sessions.Revoked);
    }

    /// <summary>The rotations are done and the second look is over; the question about the cut-off still waits.</summary>
    [Fact]
    public async Task A_yes_about_a_departure_that_is_over_is_carried_out_by_the_timer()
    {
        var world = await CutOffWorld.StartAsync(ResponseMode.Ask);
        await world.LeaveAsync();
        var question = Assert.Single(world.Questions(DecisionKinds.CutOff));
        foreach (var rotation in world.Questions(DecisionKinds.Rotate))
        {
            await world.Company.NewProcess().SayAsync(rotation, approve: false);
        }

        await world.TimersAsync(TimeSpan.FromMinutes(1));
        await world.TimersAsync(TimeSpan.FromHours(2));
        await world.Company.NewProcess().LookAgain.RunAsync(default);
        await world.TimersAsync(TimeSpan.FromMinutes(1));
        Assert.True(world.Departure.IsOver);

        var process = world.Company.NewProcess();
        await process.CutOff.RunAsync(default);
        await process.Answer.AnswerAsync(new(question.Id, true, question.PlanHash, Company.Approver, null), default);
        Assert.Empty(world.Sessions!.Revoked);
        await process.CutOff.RunAsync(default);
        Assert.Equal([Company.Leaver], world.Sessions.Revoked);
        await process.CutOff.RunAsync(default);
        Assert.Single(world.Sessions.Revoked);
    }

    [Fact]
    public async Task A_late_yes_does_nothing_to_a_person_who_is_back()
    {
        var world = await CutOffWorld.StartAsync(ResponseMode.Ask);
        await world.LeaveAsync();
        world.Company.Directory[Company.Leaver] = PersonStanding.Enabled;
        await world.Company.NewProcess().SayAsync(Assert.Single(world.Questions(DecisionKinds.CutOff)), approve: true);
        await world.TimersAsync(TimeSpan.FromMinutes(1));

        Assert.Empty(world.Sessions!.Revoked);
        Assert.Empty(world.Azure.Removed);
        Assert.True(world.Departure.CutOff!.IsBack);
    }

    [Fact]
    public async Task While_rekey_is_stopped_nobody_is_cut_off()
    {
        var world = await CutOffWorld.StartAsync(configure: o => o.Stopped = true);
        await world.LeaveAsync();
        Assert.Empty(world.Sessions!.Revoked);
        Assert.Empty(world.Azure.Removed);

        world.Company.Options.Stopped = false;
        await world.TimersAsync(TimeSpan.FromMinutes(2));
        Assert.Equal([Company.Leaver], world.Sessions.Revoked);
        Assert.Equal(Steps, world.Kinds.Where(Steps.Contains));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refusal_by_graph_is_a_finding_with_the_command_and_rotations_do_not_wait(bool isForbidden)
    {
        var world = await CutOffWorld.StartAsync();
        (world.Sessions!.IsForbidden, world.Sessions.IsSilent) = (isForbidden, !isForbidden);
        await world.LeaveAsync();

        Assert.Contains(LedgerKinds.RotationPlanned, world.Kinds);
        Assert.Equal([world.Grant.Id], world.Azure.Removed);
        if (isForbidden)
        {
            var finding = Assert.Single(world.CutOffFindings);
            Assert.Equal(Severity.High, finding.Severity);
            Assert.Contains($"users/{CutOffWorld.Leaver}/revokeSignInSessions", finding.Remedy, StringComparison.Ordinal);
        }

        // An operator grants the permission, or Graph is back.
        (world.Sessions.IsForbidden, world.Sessions.IsSilent) = (false, false);
        await world.TimersAsync(TimeSpan.FromMinutes(1));
        Assert.Equal([Company.Leaver], world.Sessions.Revoked);
        Assert.Empty(world.CutOffFindings);
        Assert.NotNull(world.Departure.CutOff!.EndedAt);
    }

    /// <summary>It is retried less and less often, for a day: each try is a line of the ledger.</summary>
    [Fact]
    public async Task A_refusal_that_stays_ends_after_a_day()
    {
        var world = await CutOffWorld.StartAsync();
        world.Sessions!.IsForbidden = true;
        await world.LeaveAsync();
        for (var hour = 0; hour < 26; hour++)
        {
            await world.TimersAsync(TimeSpan.FromHours(1));
        }

        Assert.NotNull(world.Departure.CutOff!.EndedAt);
        Assert.Equal("graph-forbidden", world.Departure.CutOff.SessionsRefused);
        Assert.Single(world.CutOffFindings);
        Assert.InRange(world.Departure.CutOff.Tries, 5, 30);
    }

    [Fact]
    public async Task Without_an_identity_there_is_one_finding_for_all_leavers()
    {
        var world = await CutOffWorld.StartAsync(hasIdentity: false);
        await world.LeaveAsync();
        var process = world.Company.NewProcess();
        await process.LeavesAsync(Company.OtherLeaver, eventId: "event-2");
        await process.DrainAsync();

        Assert.Equal(ISignInSessions.NotSet, Assert.Single(world.CutOffFindings).About);
        Assert.All(world.Company.Departures.All, d => Assert.NotNull(d.CutOff!.EndedAt));
        Assert.Contains(LedgerKinds.RotationPlanned, world.Kinds);
    }

    /// <summary>Nothing can be done, so nothing is asked: one finding, and the rotations as without it.</summary>
    [Theory]
    [InlineData(ResponseMode.Ask)]
    [InlineData(ResponseMode.Enforce)]
    public async Task Without_an_identity_and_declared_vaults_nothing_else_changes(ResponseMode mode)
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = mode);
        var process = company.NewProcess();
        await process.LeavesAsync(Company.Leaver);
        await process.LeavesAsync(Company.OtherLeaver, eventId: "event-2");
        await process.DrainAsync();

        Assert.Equal(
            ISignInSessions.NotSet,
            Assert.Single(company.Findings.OpenReports, f => f.Kind == FindingKinds.CutOffIncomplete).About
        );
        Assert.DoesNotContain(company.Decisions.All, d => d.Kind == DecisionKinds.CutOff);
        Assert.All(company.Departures.All, d => Assert.Null(d.CutOff));
        Assert.Contains(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.RotationPlanned);
    }

    /// <summary>T11: somebody disables people by the dozen. Nobody is cut off without a yes.</summary>
    [Fact]
    public async Task In_a_mass_event_it_is_asked()
    {
        var world = await CutOffWorld.StartAsync(configure: o => o.Departures.MaxDeparturesAnHour = 1);
        var process = world.Company.NewProcess();
        await process.LeavesAsync(Company.Leaver);
        await process.LeavesAsync(Company.OtherLeaver, eventId: "event-2");
        await process.DrainAsync();

        Assert.Empty(world.Sessions!.Revoked);
        Assert.Empty(world.Azure.Removed);
        var questions = world.Questions(DecisionKinds.CutOff);
        Assert.Equal(2, questions.Count);
        Assert.All(questions, q => Assert.Contains("departures within an hour", q.Statement, StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_done_once_however_often_the_departure_is_assessed()
    {
        var world = await CutOffWorld.StartAsync();
        await world.LeaveAsync();
        var process = world.Company.NewProcess();
        await process.LeavesAsync(Company.Leaver, hostile: true, source: "Depart", eventId: "ticket-9");
        await process.DrainAsync();
        await world.TimersAsync(TimeSpan.FromHours(2));

        Assert.Equal(2, world.Departure.Revision);
        Assert.Equal([Company.Leaver], world.Sessions!.Revoked);
        Assert.Single(world.Kinds, LedgerKinds.CutOffBegun);
    }

    /// <summary>What a source only reported is asked about. The directory then confirms it: the question is withdrawn.</summary>
    [Fact]
    public async Task A_question_is_withdrawn_when_the_person_is_cut_off_without_it()
    {
        var world = await CutOffWorld.StartAsync();
        var process = world.Company.NewProcess();
        await process.LeavesAsync(Company.Leaver, source: "Depart", standing: PersonStanding.Enabled);
        await process.DrainAsync();
        var question = Assert.Single(world.Questions(DecisionKinds.CutOff));
        Assert.Equal(OnExpiry.Lapse, question.OnExpiry);
        Assert.Empty(world.Sessions!.Revoked);

        await world.LeaveAsync();
        Assert.Equal([Company.Leaver], world.Sessions.Revoked);
        Assert.NotNull((await world.Company.NewProcess().Decisions.FindAsync(question.Id, default))!.WithdrawnBecause);
    }

    /// <summary>A person who comes back is no longer cut off: what is declared for them counts again.</summary>
    [Fact]
    public async Task When_the_person_is_back_their_declaration_counts_again()
    {
        var world = await CutOffWorld.StartAsync(isDeclared: true);
        await world.LeaveAsync();
        await world.Company.NewProcess().LeavesAsync(Company.Leaver, eventId: "event-3", standing: PersonStanding.Enabled);
        await world.Watch.SweepAsync();

        Assert.Contains(FindingKinds.VaultGrantMissing, world.Watch.Open.Select(f => f.Kind));
        Assert.DoesNotContain(FindingKinds.VaultMemberLeft, world.Watch.Open.Select(f => f.Kind));
    }
}
