using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.VaultAccess;

/// <summary>A sweep is killed at its n-th outside effect, for every n, just before and just after the world sees it. Another one goes
/// on.</summary>
public sealed class AccessKillTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sweep_ends_in_the_same_state_wherever_it_is_killed(bool afterTheCall)
    {
        var calls = int.MaxValue;
        for (var n = 1; n <= calls; n++)
        {
            var watch = await WorldAsync();
            var fate = new DiesAt(n, afterTheCall);
            try
            {
                await watch.SweepAsync(fate);
                calls = fate.Effects.Count;
            }
            catch (ProcessDiedException)
            {
                await watch.SweepAsync();
            }

            OutcomeMustHold(watch, n <= fate.Effects.Count ? fate.Effects[n - 1] : "nothing");
        }

        Assert.True(calls > 15, $"Only {calls} calls: this proves little.");
    }

    [Fact]
    public async Task Two_instances_at_once_come_to_the_same()
    {
        foreach (var seed in Enumerable.Range(1, 40))
        {
            var watch = await WorldAsync();
            await new Schedule(seed).RunAsync(2, async (_, fate) =>
            {
                try
                {
                    await watch.SweepAsync(fate);
                }
                catch (RetryLaterException)
                {
                    // The other one was faster; the timer comes again.
                }
            });
            await watch.SweepAsync();
            OutcomeMustHold(watch, $"seed {seed}");
        }
    }

    [Fact]
    public async Task One_that_slept_through_an_hour_undoes_nothing_when_it_wakes()
    {
        foreach (var call in new[] { "replace vaultstanding", "raise finding", "remove grant" })
        {
            var watch = await WorldAsync();
            var sleeper = new SleepsAfter(call);
            var zombie = Task.Run(() => watch.SweepAsync(sleeper));
            await sleeper.Asleep;
            await watch.SweepAsync();
            sleeper.Wake();
            await Record.ExceptionAsync(() => zombie);
            await watch.SweepAsync();
            OutcomeMustHold(watch, call);
        }
    }

    /// <summary>A person and a service principal were let in, a declared grant is gone, and what was wrong an hour ago is mended.</summary>
    private static async Task<AccessWatch> WorldAsync()
    {
        var watch = await AccessWatch.StartAsync();
        watch.Azure.RetentionDays = 30;
        await watch.SweepAsync();
        Assert.Equal("vault-retention-shortened", Assert.Single(watch.Open).Kind);
        watch.Azure.RetentionDays = 730;
        watch.LetIn();
        watch.Azure.Assign(watch.Azure.AddIdentity(), watch.Vault.Signer);
        watch.Vault.Revoke(watch.Vault.Issuers[0]);
        return watch;
    }

    private static void OutcomeMustHold(AccessWatch watch, string at)
    {
        Assert.True(watch.Azure.Removed.Count == 1, at);
        Assert.Equal(["vault-grant-missing", "vault-grant-undeclared"], watch.Open.Select(f => f.Kind).Order(StringComparer.Ordinal));
        Assert.Single(watch.Questions);
        Assert.Single(watch.Lines(LedgerKinds.GrantRemoving));
        Assert.Single(watch.Lines(LedgerKinds.GrantRemoved));
        Assert.Empty(Assert.Single(watch.Standings.All).Removing);
        Assert.Equal(watch.Ledger.Count, watch.Ledger.DistinctBy(l => l.Entry.Id).Count());
    }
}
