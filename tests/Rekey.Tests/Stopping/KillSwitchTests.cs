using Rekey.Blocking;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Departures.Directory;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Blocking;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Stopping;

/// <summary>F9: one operator stops Rekey in every process, and two approvers start it.</summary>
public sealed class KillSwitchTests
{
    private const string Operator = "5b0b1a4e-0000-4000-8000-0000000000ee";
    private const string Asker = "5b0b1a4e-0000-4000-8000-0000000000fe";

    [Fact]
    public async Task F9_a_stop_holds_in_every_process_at_once_and_in_later_ones_until_two_approvers_start_it()
    {
        var company = await Company.WithBaselineAsync();
        var (first, second) = (company.NewProcess(), company.NewProcess());
        Assert.False(await second.KillSwitch.IsStoppedAsync(default));
        await first.LeavesAsync(Company.Leaver);
        var stop = await first.StopAndStart.StopAsync(Operator, default);
        Assert.Equal((1, Operator, company.Now), (stop!.Number, stop.By, stop.At));

        company.Vault.Calls.Clear();
        foreach (var process in new[] { first, second, company.NewProcess() })
        {
            Assert.True(await process.KillSwitch.IsStoppedAsync(default));
            await process.WorkAsync(TimeSpan.FromMinutes(10));
        }

        AssertUntouched(company);
        var finding = Assert.Single(company.Findings.Open);
        Assert.Equal((FindingKinds.RekeyStopped, Severity.High), (finding.Kind, finding.Severity));
        Assert.Contains(Operator, finding.Title, StringComparison.Ordinal);

        await StartAsync(company);
        Assert.False(await second.KillSwitch.IsStoppedAsync(default));
        Assert.Empty(company.Findings.Open);
        await second.WorkAsync();
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task A_stop_between_two_steps_pauses_the_rotation_before_anything_is_cut_off()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        company.Vault.Fault = (call, _, _) =>
        {
            if (call == "rotate")
            {
                company.NewProcess().StopAndStart.StopAsync(Operator, default).GetAwaiter().GetResult();
            }
        };
        await process.OrderAsync("departure-1", Urgency.Immediate);
        await process.GoAsync();
        await process.WorkAsync(TimeSpan.FromHours(1));
        Assert.Equal(RotationState.VersionCreated, company.Rotation.State);
        Assert.DoesNotContain(company.Vault.Calls, c => c.StartsWith("update", StringComparison.Ordinal));
        Assert.Empty(company.TrustList.Revoked);

        company.Vault.Fault = (_, _, _) => { };
        await StartAsync(company);
        await company.NewProcess().WorkAsync();
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task No_row_stops_Rekey_or_starts_it()
    {
        // 1. Rows that claim an approved start, of a question that was asked and of one that was not.
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        await process.StopAndStart.StopAsync(Operator, default);
        var asked = (await process.StopAndStart.AskToStartAsync("false alarm", Asker, default))!;
        company.Decisions.Tamper(d =>
            d.Id == asked.Id
                ? d with
                {
                    State = DecisionState.Approved,
                    AnsweredBy = Company.Approver,
                    AnsweredAt = company.Now,
                    Initiators = [],
                }
                : d
        );
        company.Decisions.Forge("decision", "planted", asked with { Id = "planted", State = DecisionState.Approved });
        foreach (var reader in new[] { process, company.NewProcess() })
        {
            await reader.SettleDecisions.RunAsync(default);
            await reader.SettleDecisions.CarryOutAsync(asked with { State = DecisionState.Approved }, default);
            Assert.True(await reader.KillSwitch.IsStoppedAsync(default));
        }

        // 2. All rows are gone: it is stopped all the same, and can still be started.
        foreach (var table in company.Tables)
        {
            table.Clear();
        }

        Assert.True(await company.NewProcess().KillSwitch.IsStoppedAsync(default));
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
        await StartAsync(company);

        // 3. Without a line nothing is stopped.
        company.Decisions.Forge("decision", "planted", asked with { Id = "planted", About = "stop/2" });
        Assert.False(await company.NewProcess().KillSwitch.IsStoppedAsync(default));
    }

    [Fact]
    public async Task Neither_of_the_two_has_an_open_departure_and_they_are_two()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().StopAndStart.StopAsync(Operator, default);
        var (gone, reported) = (Guid.NewGuid(), Guid.NewGuid());
        await company.NewProcess().LeavesAsync(gone);
        await ReportAsync(company, reported);

        // 1. Such a person neither asks nor stops.
        foreach (var person in new[] { gone, reported })
        {
            Assert.Null(await company.NewProcess().StopAndStart.AskToStartAsync("I need it", $"{person}", default));
            Assert.Null(await company.NewProcess().StopAndStart.StopAsync($"{person}", default));
        }

        // 2. Such a person does not approve, nor do two of them, nor the one who asked.
        var question = (await company.NewProcess().StopAndStart.AskToStartAsync("false alarm", Asker, default))!;
        var other = Guid.NewGuid();
        await ReportAsync(company, other);
        Assert.Equal(AnswerRefusal.ActorIsLeaving, await SayAsync(company, question, $"{gone}"));
        Assert.Equal(AnswerRefusal.DepartureIsOpen, await SayAsync(company, question, $"{reported}"));
        Assert.Equal(AnswerRefusal.DepartureIsOpen, await SayAsync(company, question, $"{other}"));
        Assert.Equal(AnswerRefusal.InitiatorMayNotApprove, await SayAsync(company, question, Asker));
        Assert.True(await company.NewProcess().KillSwitch.IsStoppedAsync(default));

        // 3. The approver who asked was reported since.
        await ReportAsync(company, Guid.Parse(Asker));
        Assert.Equal(AnswerRefusal.DepartureIsOpen, await SayAsync(company, question, Company.Approver));
        Assert.True(await company.NewProcess().KillSwitch.IsStoppedAsync(default));
        Assert.Null((await company.NewProcess().SayAsync(question, approve: false)).Refusal);
        Assert.True(await company.NewProcess().KillSwitch.IsStoppedAsync(default));
    }

    [Fact]
    public async Task Two_operators_make_one_stop_and_a_start_ends_only_the_stop_that_it_is_about()
    {
        var company = await Company.WithBaselineAsync();
        var asleep = new SleepsAfter("append ledger");
        var (slow, quick) = (company.NewProcess(asleep), company.NewProcess());
        var late = slow.StopAndStart.StopAsync("another-operator", default);
        await asleep.Asleep;
        Assert.Equal("another-operator", (await quick.StopAndStart.StopAsync(Operator, default))!.By);
        asleep.Wake();
        Assert.Equal(1, (await late)!.Number);
        Assert.Single(company.VerifiedLedger(), l => l.Entry.Kind == LedgerKinds.Stopped);

        var question = await StartAsync(company);
        Assert.Equal(2, (await company.NewProcess().StopAndStart.StopAsync(Operator, default))!.Number);
        Assert.Equal(AnswerRefusal.AlreadyAnswered, await SayAsync(company, question, "yet-another-approver"));
        Assert.True(await company.NewProcess().KillSwitch.IsStoppedAsync(default));
        Assert.Equal(2, company.Findings.Open.Single().Opening);
        await StartAsync(company);
        Assert.False(await company.NewProcess().KillSwitch.IsStoppedAsync(default));
        var refused = await Assert.ThrowsAsync<CannotContinueException>(() =>
            company.NewProcess().StopAndStart.AskToStartAsync("again", Asker, default)
        );
        Assert.Equal("not-stopped", refused.Reason);
    }

    [Fact]
    public async Task Questions_and_lists_go_on_and_silence_and_a_yes_wait_for_the_start()
    {
        var company = await Company.WithBaselineAsync(keys: 2);
        var process = company.NewProcess();
        await process.Blocklist.ChangeAsync([Entries.Jti(company, "mistake")], [], default);
        await process.StopAndStart.StopAsync(Operator, default);

        // 1. A yes to a rotation and to a block is taken and waits; a yes to take an entry off the list is carried out.
        await process.OrderAsync("departure-1", Urgency.Immediate, ResponseMode.Ask, OnExpiry.CarryOut);
        var block = await process.ProposeBlock.BlockAsync(BlockKind.Token, "login", "jti-1", null, "why", Operator, default);
        var entry = Assert.Single((await process.ReadBlocklist.ReadAsync(default)).At(company.Now));
        var unblock = (await process.ProposeBlock.UnblockAsync(entry.Id, "a mistake", Operator, default))!;
        await process.SayAsync(block, approve: true);
        await process.SayAsync(unblock, approve: true);
        await process.CarryOutBlocks.RunAsync(default);
        Assert.Empty(BlockingGateway.Full(company).At(company.Now));

        // 2. The time of a question ends: nothing is done, and the ledger does not say that it was.
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
        await process.SettleDecisions.RunAsync(default, silenceCounts: false);
        await process.WorkAsync(TimeSpan.FromMinutes(10));
        Assert.DoesNotContain(company.VerifiedLedger(), l =>
            l.Entry.Kind == LedgerKinds.DecisionExpired && l.Entry.About == company.Key.Id
        );
        Assert.DoesNotContain(company.VerifiedLedger(), l => Carried(l, block));
        AssertUntouched(company);

        // 3. The lists are signed anew when their time is over.
        var list = company.TrustList;
        company.Clock.Advance(company.Options.Trust.ListValidity);
        await process.Publish.PublishAsync(default);
        await process.PublishBlocklist.PublishAsync(default);
        Assert.True(company.TrustList.ValidUntil > list.ValidUntil && company.TrustList.ValidUntil > company.Now);
        Assert.True(BlockingGateway.Published(company).ValidUntil > company.Now);

        // 4. The approver of the start reads how many questions silence has decided. Then all of it is done.
        var start = await StartAsync(company);
        Assert.Contains("(now: 1)", start.Statement, StringComparison.Ordinal);
        await company.NewProcess().SettleDecisions.RunAsync(default);
        await company.NewProcess().CarryOutBlocks.RunAsync(default);
        await company.NewProcess().WorkAsync();
        Assert.Contains(company.VerifiedLedger(), l => Carried(l, block));
        Assert.Equal(RotationState.Verified, company.Rotation.State);
    }

    [Fact]
    public async Task The_setting_is_the_outer_switch_and_the_finding_says_which_is_on()
    {
        var company = await Company.WithBaselineAsync();
        company.Options.Stopped = true;
        var process = company.NewProcess();
        await process.StopAndStart.ReportAsync(default);
        var finding = Assert.Single(company.Findings.Open);
        Assert.Equal((FindingKinds.RekeyStopped, Severity.High, "setting"), (finding.Kind, finding.Severity, finding.Milestone));
        Assert.Contains("Rekey__Stopped", finding.Remedy, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<CannotContinueException>(() =>
            process.StopAndStart.AskToStartAsync("false alarm", Asker, default)
        );
        Assert.Contains("Rekey__Stopped", refused.Remedy, StringComparison.Ordinal);

        // Both: two approvers end the operator's stop, and the setting still holds.
        await process.StopAndStart.StopAsync(Operator, default);
        Assert.Equal("setting, operator", Assert.Single(company.Findings.Open).Milestone);
        await StartAsync(company);
        Assert.True(await company.NewProcess().KillSwitch.IsStoppedAsync(default));
        Assert.Equal("setting", Assert.Single(company.Findings.Open).Milestone);

        company.Options.Stopped = false;
        await company.NewProcess().StopAndStart.ReportAsync(default);
        Assert.Empty(company.Findings.Open);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_that_dies_while_it_stops_or_starts_leaves_one_of_the_two(bool afterTheEffect)
    {
        var effects = int.MaxValue;
        for (var n = 1; n <= effects; n++)
        {
            var company = await Company.WithBaselineAsync();
            var doomed = company.NewProcess(new DiesAt(n, afterTheEffect));
            try
            {
                await doomed.StopAndStart.StopAsync(Operator, default);
                var question = (await doomed.StopAndStart.AskToStartAsync("false alarm", Asker, default))!;
                Assert.Null((await doomed.SayAsync(question, approve: true)).Refusal);
                effects = doomed.Fate.Effects.Count;
            }
            catch (ProcessDiedException)
            {
                // The ledger says how far it came.
            }

            var heir = company.NewProcess();
            await heir.StopAndStart.ReportAsync(default);
            var isStopped = await heir.KillSwitch.IsStoppedAsync(default);
            Assert.Equal(isStopped, company.Findings.Open.Any(f => f.Kind == FindingKinds.RekeyStopped));
            Assert.Equal(
                isStopped,
                company.VerifiedLedger().Any(l => l.Entry.Kind == LedgerKinds.Stopped)
                    && !company.VerifiedLedger().Any(l => l.Entry.Kind == LedgerKinds.DecisionAnswered && l.Entry.About == "stop/1")
            );
            await heir.StopAndStart.StopAsync(Operator, default);
            await StartAsync(company);
            Assert.False(await company.NewProcess().KillSwitch.IsStoppedAsync(default));
        }

        Assert.True(effects > 5, $"Only {effects} effects: this proves little.");
    }

    private static async Task<Decision> StartAsync(Company company)
    {
        var process = company.NewProcess();
        var question = (await process.StopAndStart.AskToStartAsync("false alarm", Asker, default))!;
        Assert.Null((await process.SayAsync(question, approve: true)).Refusal);
        return question;
    }

    private static async Task<AnswerRefusal?> SayAsync(Company company, Decision question, string by) =>
        (await company.NewProcess().SayAsync(question, approve: true, by)).Refusal;

    private static bool Carried(LedgerLine line, Decision decision) =>
        line.Entry.Kind == LedgerKinds.DecisionCarriedOut && line.Entry.Facts["decision"] == decision.Id;

    private static Task ReportAsync(Company company, Guid person) =>
        company.NewProcess().LeavesAsync(person, source: "ReportDeparture", eventId: $"{person}", standing: PersonStanding.Enabled);

    private static void AssertUntouched(Company company) =>
        Assert.DoesNotContain(company.Vault.Calls, c =>
            c.StartsWith("rotate", StringComparison.Ordinal) || c.StartsWith("update", StringComparison.Ordinal)
        );
}
