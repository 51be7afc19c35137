using System.Runtime.ExceptionServices;
using Rekey.Blocking;
using Rekey.Findings;
using Rekey.Rotations;
using Rekey.Trust;

namespace Rekey.Functions;

/// <summary>Timer: looks at the governed vaults, and publishes what is trusted and what is blocked where that has changed.</summary>
public sealed class PublishTrustFunction(MeetVaults meetVaults, PublishTrust publish, TrustLedger trustLedger, CarryOutBlocks carryOutBlocks, DropSuperfluousBlocks dropBlocks,
    CompactBlocklist compact, PublishBlocklist publishBlocklist, IFindings findings, Estate estate, TrustOptions options, TimeProvider clock, ILogger<PublishTrustFunction> log)
{
    public async Task RunAsync(CancellationToken cancel)
    {
        // A vault that cannot be read must not keep a list from being published, nor may one list keep back the other.
        if (await TryAsync("look at the governed vaults", meetVaults.RunAsync, cancel) is CannotContinueException refusal)
        {
            await findings.RaiseAsync(RotationFindings.CannotContinue(refusal, clock.GetUtcNow()), cancel);
        }

        var kept = await TryAsync("keep the blocklist", KeepBlocklistAsync, cancel);
        var published = await TryAsync("publish the blocklist", publishBlocklist.PublishAsync, cancel);
        (await publish.PublishAsync(cancel)).Whole();
        if ((published ?? kept) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
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
            await act(cancel);
            return null;
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            log.LogWarning("The timer could not {What}: {Message}", what, e.Message);
            return e;
        }
    }
}
