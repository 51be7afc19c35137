using Rekey.Departures;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Ledgers;

/// <summary>
/// Standing still is cheap (T35): what the timers of a minute ask of ledger, tables, documents, queues and vaults does not grow with the
/// keys, nor with departures that are over.
/// </summary>
public sealed class IdleCallsTests
{
    private const int Minutes = 5;

    [Fact]
    public async Task Idle_minutes_take_as_many_calls_with_500_keys_as_with_6()
    {
        var few = await CallsAsync(keys: 6);
        Assert.InRange(few, Minutes, 50 * Minutes);
        Assert.Equal(few, await CallsAsync(keys: 500));
    }

    [Fact]
    public async Task Idle_minutes_take_as_many_calls_behind_500_departures_as_behind_none() =>
        Assert.Equal(await CallsAsync(keys: 6), await CallsAsync(keys: 6, departures: 500));

    private static async Task<int> CallsAsync(int keys, int departures = 0)
    {
        var company = await Company.WithBaselineAsync(keys);
        var process = company.NewProcess();
        var records = company.Departures.For(process.Ledger, process.Reader, process.Fate);
        await Task.WhenAll(Enumerable.Range(0, departures).Select(n => LeaveAsync(records, company.Now, n)));
        await MinuteAsync(process);
        await MinuteAsync(process);
        var before = process.Fate.Reads + process.Fate.Effects.Count;
        for (var minute = 0; minute < Minutes; minute++)
        {
            company.Clock.Advance(TimeSpan.FromMinutes(1));
            await MinuteAsync(process);
        }

        return process.Fate.Reads + process.Fate.Effects.Count - before;
    }

    private static async Task LeaveAsync(ILedgerRecords<Departure> departures, DateTimeOffset at, int n) =>
        await departures.InsertAsync(
            new(Company.Tenant, $"{new Guid(n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)}", Epoch: 1, at, at)
            {
                Confirmed = true,
                AssessedAt = at,
                SettledAt = at,
            },
            default
        );

    /// <summary>The timers, as often as they run in a minute.</summary>
    private static async Task MinuteAsync(Process process)
    {
        for (var half = 0; half < 2; half++)
        {
            Assert.False(await process.KillSwitch.IsStoppedAsync(default));
            await process.ResumeDepartures.RunAsync(default);
            await process.ResumeDueRotations.RunAsync(default);
            await process.RotateByAge.RunAsync(default);
            await process.CutOff.RunAsync(default);
            await process.LookAgain.RunAsync(default);
            await process.SettleDecisions.RunAsync(default);
            await process.EndedTokens.CloseAsync(default);
            await process.ObservedResponses.RunAsync(default);
        }

        await process.TakeBaselines.RunAsync(default);
        await process.Runs.RanAsync(RunLedger.Vaults, [], default);
        await process.CarryOutBlocks.RunAsync(default);
        await process.DropSuperfluousBlocks.RunAsync((_, _) => false, default);
        await process.PublishBlocklist.PublishAsync(default);

        // The app reads each public key once a process; this double would read it again.
        await process.Publish.PublishChangesAsync(default);
        await process.Watchdog.RunAsync(default);
    }
}
