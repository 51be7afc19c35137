using System.Runtime.ExceptionServices;
using Rekey.Blocking;
using Rekey.Findings;
using Rekey.Functions.Wire;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Trust;

namespace Rekey.Functions.Trust;

/// <summary>Timer: looks at the governed vaults, and publishes trust list and blocklist where they have changed.</summary>
public sealed class PublishTrustFunction(
    MeetVaults meetVaults, PublishTrust publish, TrustLedger trustLedger, CarryOutBlocks carryOutBlocks, DropSuperfluousBlocks dropBlocks,
    CompactBlocklist compact, PublishBlocklist publishBlocklist, RunLedger runs, IFindings findings, Estate estate, TrustOptions options,
        TimeProvider clock, RunTrigger trigger, ILogger<PublishTrustFunction> log)
{
    private const string Name = "PublishTrust";

    [Function(Name)]
    public Task RunAsync(
        [TimerTrigger("15 * * * * *")] string timer, CancellationToken cancel) => trigger.RunAsync(Name, PublishAsync, cancel);

    private async Task PublishAsync(CancellationToken cancel)
    {
        // A vault that cannot be read must not keep a list from being published, nor may one list keep back the other.
        var failures = new List<Exception?>
        {
            await TryAsync("look at the governed vaults", LookAsync, cancel),
            await TryAsync("keep the blocklist", KeepBlocklistAsync, cancel),
            await TryAsync("publish the blocklist", publishBlocklist.PublishAsync, cancel),
            await TryAsync("publish the trust list", async c => (await publish.PublishAsync(c)).Whole(), cancel),
        };
        if (failures.OfType<RetryLaterException>().LastOrDefault() is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        await meetVaults.RunAsync(cancel);
        await runs.RanAsync(RunLedger.Vaults, [], cancel);
    }

    private async Task KeepBlocklistAsync(CancellationToken cancel)
    {
        await carryOutBlocks.RunAsync(cancel);
        await dropBlocks.RunAsync(BarredKids.Of(estate, await trustLedger.ReadAsync(cancel), options, clock.GetUtcNow()), cancel);
        await compact.RunAsync(cancel);
    }

    private async Task<Exception?> TryAsync(string what, Func<CancellationToken, Task> act, CancellationToken cancel)
    {
        try
        {
            // The timer comes again in a minute: one finding says it, not a dead letter each time.
            if (await findings.ReportRefusalAsync(what, act, clock, cancel) is { } refusal)
            {
                log.LogWarning("The timer could not {What}: {Message}", what, refusal.Message);
                return refusal;
            }

            return null;
        }
        catch (RetryLaterException e)
        {
            log.LogWarning("The timer could not {What}: {Message}", what, e.Message);
            return e;
        }
    }
}
