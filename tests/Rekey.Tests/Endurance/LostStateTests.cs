using Rekey.Blocking;
using Rekey.Configuration;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Tests.Blocking;
using Rekey.Tests.Doubles;
using Rekey.Tests.Trust.Intruders;

namespace Rekey.Tests.Endurance;

/// <summary>
/// Just before the n-th outside effect, for every n, every table and every queue of the state account is deleted, or every document is
/// put back to its first version. The process lives on, and the world ends as if nothing had been lost.
/// </summary>
public sealed class LostStateTests
{
    public enum Loss
    {
        TablesAndQueues,
        DocumentsRolledBack,
        DocumentsDeleted,
        Everything,
    }

    public static TheoryData<Loss> Losses => [.. Enum.GetValues<Loss>()];

    [Theory]
    [MemberData(nameof(Losses))]
    public Task A_departure_ends_in_the_same_state_whatever_is_lost(Loss loss) =>
        LoseAtEveryEffectAsync(loss, configure: null, p => p.LeavesAsync(Company.Leaver));

    [Theory]
    [MemberData(nameof(Losses))]
    public Task A_departure_that_is_asked_about_ends_in_the_same_state_whatever_is_lost(Loss loss) =>
        LoseAtEveryEffectAsync(loss, o => o.Rotations.Mode = ResponseMode.Ask, p => p.LeavesAsync(Company.Leaver));

    [Theory]
    [MemberData(nameof(Losses))]
    public Task A_graceful_rotation_ends_in_the_same_state_whatever_is_lost(Loss loss) =>
        LoseAtEveryEffectAsync(loss, o => o.Rotations.MaxKeyAge = TimeSpan.FromDays(1), p => p.RotateByAge.RunAsync(default));

    [Theory]
    [MemberData(nameof(Losses))]
    public Task A_rotation_by_age_that_is_asked_about_ends_in_the_same_state_whatever_is_lost(Loss loss) =>
        LoseAtEveryEffectAsync(
            loss,
            o => (o.Rotations.MaxKeyAge, o.Rotations.Mode) = (TimeSpan.FromDays(1), ResponseMode.Ask),
            p => p.RotateByAge.RunAsync(default)
        );

    /// <summary>One token is blocked by decision while another stands on the list, and that one is taken off.</summary>
    [Theory]
    [MemberData(nameof(Losses))]
    public async Task A_block_and_an_unblock_come_to_stand_whatever_is_lost(Loss loss)
    {
        var effects = int.MaxValue;
        for (var n = 1; n <= effects; n++)
        {
            var company = await Company.WithBaselineAsync();
            var before = Entries.Jti(company, "before");
            await company.NewProcess().Blocklist.ChangeAsync([before], [], default);
            var at = n;
            var process = company.NewProcess(
                new Interrupted(diesAt: 0, afterIt: false, number => Lose(company, number == at ? loss : null))
            );

            // Whoever finds their question gone asks again: it is the same question.
            var asked = await process.ProposeBlock.BlockAsync(
                BlockKind.Token,
                "login",
                "jti-1",
                issuedBefore: null,
                "why",
                $"{Company.OtherLeaver}",
                default
            );
            if ((await process.SayAsync(asked, approve: true)).Refusal is AnswerRefusal.NotFound or AnswerRefusal.PlanChanged)
            {
                var again = await process.ProposeBlock.BlockAsync(
                    BlockKind.Token,
                    "login",
                    "jti-1",
                    issuedBefore: null,
                    "why",
                    $"{Company.OtherLeaver}",
                    default
                );
                Assert.Equal(asked.Id, again.Id);
                Assert.Null((await process.SayAsync(again, approve: true)).Refusal);
            }

            await process.Blocklist.ChangeAsync([], [before.Id], default);

            // The timer comes once more.
            var heir = company.NewProcess();
            await heir.CarryOutBlocks.RunAsync(default);
            await heir.PublishBlocklist.PublishAsync(default);
            effects = process.Fate.Effects.Count < n ? process.Fate.Effects.Count : effects;
            var what = $"{loss} before effect {n}, {process.Fate.Effects.ElementAtOrDefault(n - 1)}";
            Assert.True(
                BlockingGateway.Full(company).Entries.Select(e => e.Value).SequenceEqual(["jti-1"])
                    && BlockingGateway.Full(company).Number == 3,
                what
            );
            Assert.Single(company.VerifiedLedger(), l =>
                l.Entry.Kind == LedgerKinds.DecisionCarriedOut && l.Entry.Facts["decision"] == asked.Id
            );
            Assert.Empty(company.BlockFiles.Proposals);
            Assert.DoesNotContain(company.Findings.Kinds, k => k is "blocklist-altered" or FindingKinds.BlockPlanLost);
        }

        Assert.True(effects > 10, $"Only {effects} effects: this proves little.");
    }

    private static async Task LoseAtEveryEffectAsync(Loss loss, Action<RekeyOptions>? configure, Func<Process, Task> begin)
    {
        var effects = int.MaxValue;
        for (var n = 1; n <= effects; n++)
        {
            var company = await Company.WithBaselineAsync(configure: configure);
            var at = n;
            var process = company.NewProcess(
                new Interrupted(diesAt: 0, afterIt: false, number => Lose(company, number == at ? loss : null))
            );
            await begin(process);
            for (
                var round = 0;
                round < 40 && (round == 0 || company.Rotation.IsActive || company.Departures.All.Any(d => d.SettledAt is null));
                round++
            )
            {
                await process.WorkAsync(TimeSpan.FromMinutes(10));
                await process.RotateByAge.RunAsync(default);
                foreach (var question in company.Decisions.All.Where(d => d.StateAt(company.Now) is DecisionState.Pending))
                {
                    await process.SayAsync(question, approve: true);
                }
            }

            // The timer that publishes comes once more.
            await company.NewProcess().Publish.PublishAsync(default);
            if (process.Fate.Effects.Count < n)
            {
                effects = process.Fate.Effects.Count;
            }

            try
            {
                WorldOutcome.MustHold(company);
                Assert.Equal(2, company.Vault.VersionsOf(company.Key).Count);
            }
            catch (Exception e)
            {
                Assert.Fail(
                    $"{loss} before effect {n}, {process.Fate.Effects.ElementAtOrDefault(n - 1)}: "
                        + $"{e.Message}\n{e.StackTrace}\n{string.Join('\n', company.VerifiedLedger().Select(l => l.Entry.Id))}"
                );
            }
        }

        Assert.True(effects > 10, $"Only {effects} effects: this proves little.");
    }

    private static void Lose(Company company, Loss? loss)
    {
        if (loss is Loss.TablesAndQueues or Loss.Everything)
        {
            company.Queues.Messages.Clear();
            foreach (var table in company.Tables)
            {
                table.Clear();
            }
        }

        if (loss is Loss.DocumentsDeleted or Loss.Everything)
        {
            company.Container.Current.Clear();
        }

        if (loss is Loss.DocumentsRolledBack)
        {
            foreach (var first in company.Container.Written.DistinctBy(w => w.Name, StringComparer.Ordinal))
            {
                company.Container.Alter(first.Name, first.Document.Content.ToArray());
            }
        }
    }
}
