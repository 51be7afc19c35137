using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Departures.CuttingOff;

/// <summary>A process dies at its n-th outside effect while it cuts a person off, for every n, just before and just after the world sees
/// it. Another one goes on.</summary>
public sealed class CutOffKillTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wherever_it_dies_the_person_is_cut_off_once_and_before_the_rotation(bool afterTheEffect)
    {
        for (var n = 1; ; n++)
        {
            var world = await CutOffWorld.StartAsync();
            var fate = new DiesAt(n, afterTheEffect);
            var died = await Record.ExceptionAsync(() => world.LeaveAsync(fate));
            if (died is not (null or ProcessDiedException))
            {
                throw died;
            }

            await world.LeaveAsync();
            await world.TimersAsync(TimeSpan.FromMinutes(5));
            var at = $"Died {(afterTheEffect ? "after" : "before")} effect {n}.";
            Assert.True(world.Sessions!.Revoked.Count is 1 or 2 && world.Sessions.Revoked.All(p => p == Company.Leaver), at);
            Assert.True(world.Azure.Removed.Count == 1, at);
            Assert.True(world.Departure.CutOff!.EndedAt is not null, at);
            foreach (var kind in new[] { LedgerKinds.CutOffBegun, LedgerKinds.SessionsRevoked, LedgerKinds.CutOffEnded })
            {
                Assert.Single(world.Kinds, kind);
            }

            Assert.True(
                world.Kinds.ToList().IndexOf(LedgerKinds.SessionsRevoked) < world.Kinds.ToList().IndexOf(LedgerKinds.RotationPlanned),
                at
            );
            if (died is null)
            {
                Assert.True(n > 20, $"Only {n} effects: this proves little.");
                return;
            }
        }
    }

    [Fact]
    public async Task Two_processes_at_once_come_to_the_same()
    {
        foreach (var seed in Enumerable.Range(1, 20))
        {
            var world = await CutOffWorld.StartAsync();
            await world.Company.NewProcess().LeavesAsync(Company.Leaver);
            var id = world.Departure.Id;
            await new Schedule(seed).RunAsync(2, async (_, fate) =>
            {
                try
                {
                    await world.Company.NewProcess(fate).Assess.AssessAsync(id, default);
                }
                catch (RetryLaterException)
                {
                    // The other one was faster; the message comes again.
                }
            });
            await world.TimersAsync(TimeSpan.FromMinutes(5));
            Assert.Single(world.Kinds, LedgerKinds.CutOffBegun);
            Assert.Single(world.Kinds, LedgerKinds.CutOffEnded);
            Assert.Single(world.Azure.Removed);
        }
    }
}
