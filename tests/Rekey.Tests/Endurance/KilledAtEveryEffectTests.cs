using Rekey.Configuration;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Endurance;

/// <summary>
/// A process is killed at its n-th outside effect, for every n, just before and just after the world sees it. Another one takes over.
/// </summary>
public sealed class KilledAtEveryEffectTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_departure_ends_in_the_same_state_wherever_a_process_dies(bool afterTheEffect, bool messagesLost) =>
        await KillAtEveryEffectAsync(afterTheEffect, messagesLost, configure: null, p => p.LeavesAsync(Company.Leaver));

    /// <summary>Vault times are whole seconds: the new version seems to be older than the end of access in the same second.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_departure_late_in_a_second_makes_one_version_wherever_a_process_dies(bool afterTheEffect)
    {
        Company? world = null;
        await KillAtEveryEffectAsync(
            afterTheEffect,
            messagesLost: false,
            configure: null,
            async p =>
            {
                await p.LeavesAsync(Company.Leaver);
                world!.Clock.Advance(TimeSpan.FromMilliseconds(50));
                await p.DrainAsync();
            },
            company =>
            {
                (world = company).Clock.Advance(TimeSpan.FromMilliseconds(900));
                return Task.CompletedTask;
            },
            company =>
                Assert.Single(company.VerifiedLedger(), l =>
                    l.Entry.Kind == LedgerKinds.VersionTrusted && !l.Entry.Facts["basis"].StartsWith("baseline/", StringComparison.Ordinal)
                )
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_graceful_rotation_ends_in_the_same_state_wherever_a_process_dies(bool afterTheEffect) =>
        await KillAtEveryEffectAsync(
            afterTheEffect,
            messagesLost: true,
            o => o.Rotations.MaxKeyAge = TimeSpan.FromDays(1),
            p => p.RotateByAge.RunAsync(default)
        );

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hostile_departure_during_a_graceful_rotation_ends_in_the_same_state_wherever_a_process_dies(bool afterTheEffect) =>
        await KillAtEveryEffectAsync(
            afterTheEffect,
            messagesLost: false,
            configure: null,
            p => p.LeavesAsync(Company.Leaver, hostile: true),
            async company =>
            {
                await company.NewProcess().OrderAsync("age/1", Urgency.Graceful);
                await company.NewProcess().GoAsync();
                company.Clock.Advance(TimeSpan.FromMinutes(20));
                Assert.Equal(2, company.TrustList.Keys.Count);
            }
        );

    /// <summary>
    /// A process dies before it learns which version the vault made for it. The next one has a version more to stop and to revoke, and dies
    /// too.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_version_whose_maker_died_is_revoked_too_wherever_the_next_process_dies(bool afterTheEffect) =>
        await KillAtEveryEffectAsync(
            afterTheEffect,
            messagesLost: false,
            configure: null,
            p => p.LeavesAsync(Company.Leaver),
            async company =>
            {
                Assert.False(await RunAsync(company, company.NewProcess(new DiesAfterFirst("rotate")), p => p.LeavesAsync(Company.Leaver)));
                company.Clock.Advance(company.Options.Rotations.Lease + TimeSpan.FromSeconds(1));
            },
            company => Assert.InRange(company.Vault.VersionsOf(company.Key).Count, 3, 4)
        );

    private static async Task KillAtEveryEffectAsync(
        bool afterTheEffect,
        bool messagesLost,
        Action<RekeyOptions>? configure,
        Func<Process, Task> begin,
        Func<Company, Task>? before = null,
        Action<Company>? after = null
    )
    {
        var effects = int.MaxValue;
        for (var n = 1; n <= effects; n++)
        {
            var company = await Company.WithBaselineAsync(configure: configure);
            await (before?.Invoke(company) ?? Task.CompletedTask);
            var doomed = company.NewProcess(new DiesAt(n, afterTheEffect));
            if (await RunAsync(company, doomed, begin))
            {
                effects = doomed.Fate.Effects.Count;
                Assert.True(n > effects);
            }
            else
            {
                // Whoever sent the event got no answer and sends it again; the messages stay, or are lost.
                if (messagesLost)
                {
                    company.Queues.Messages.Clear();
                }

                company.Clock.Advance(company.Options.Rotations.Lease + TimeSpan.FromSeconds(1));
                var heir = company.NewProcess();
                await begin(heir);
                await heir.WorkAsync();
            }

            try
            {
                WorldOutcome.MustHold(company);
                after?.Invoke(company);
            }
            catch (Exception e)
            {
                var at = n <= doomed.Fate.Effects.Count ? doomed.Fate.Effects[n - 1] : "nothing";
                Assert.Fail(
                    $"Killed {(afterTheEffect ? "after" : "before")} effect {n}, {at}: "
                        + $"{e.Message}\n{e.StackTrace}\n{string.Join('\n', company.VerifiedLedger().Select(l => l.Entry.Id))}"
                );
            }
        }

        Assert.True(effects > 15, $"Only {effects} effects: this proves little.");
    }

    private static async Task<bool> RunAsync(Company company, Process process, Func<Process, Task> begin)
    {
        try
        {
            await begin(process);
            await process.WorkAsync();
            return true;
        }
        catch (ProcessDiedException)
        {
            return false;
        }
    }
}
