using Rekey.Decisions;
using Rekey.Findings;

namespace Rekey.Blocking;

/// <summary>
/// Does what answers about the blocklist call for. What was approved, and whether it was done, the ledger says; the row gives the plan alone, and
/// only the one that was approved. Repeating it is harmless; if it is never reached, the timer comes to the same.
/// </summary>
public sealed class CarryOutBlocks(IRecords<BlockProposal> proposals, IBlocklist blocklist, DecisionLedger onRecord, IFindings findings, TimeProvider clock)
{
    /// <summary>Whether decisions of this kind are carried out here.</summary>
    public static bool Knows(Decision decision) => decision.Kind is DecisionKinds.Block or DecisionKinds.Unblock;

    /// <summary>Carries out one answer.</summary>
    public async Task CarryOutAsync(Decision decision, CancellationToken cancel)
    {
        if ((await onRecord.ReadAsync(cancel)).ApprovedBlocks.FirstOrDefault(d => d.Id == decision.Id) is { } approved)
        {
            await CarryOutApprovedAsync(approved, cancel);
        }
    }

    /// <summary>Carries out every answer that is still to be, and removes the plans that nobody needs any more.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        foreach (var decision in (await onRecord.ReadAsync(cancel)).ApprovedBlocks)
        {
            await CarryOutApprovedAsync(decision, cancel);
        }

        // The plan is there before the question is: one that nobody has asked about yet is left alone for a while.
        var (recorded, now) = (await onRecord.ReadAsync(cancel), clock.GetUtcNow());
        var needed = recorded.ApprovedBlocks.Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        await foreach (var read in proposals.ListAsync("proposal", cancel))
        {
            var isOver = recorded.Find(read.Value.DecisionId) is { } decision ? decision.StateAt(now) is not DecisionState.Pending
                : !(now - read.Value.AskedAt < TimeSpan.FromHours(1) && read.Value.AskedAt <= now);
            if (isOver && !needed.Contains(read.Value.DecisionId))
            {
                await proposals.RemoveAsync(read, cancel);
            }
        }
    }

    private async Task CarryOutApprovedAsync(Decision decision, CancellationToken cancel)
    {
        // 1. The plan, if it is the one that was approved: the row alone neither locks out nor lets in.
        var (proposal, _) = await proposals.FindReadableAsync("proposal", decision.Id, cancel);
        if (proposal?.Is(decision) is not true)
        {
            await findings.RaiseAsync(BlockFindings.PlanLost(decision, clock.GetUtcNow()), cancel);
            return;
        }

        // 2. Done, and on record as done.
        var change = proposal.Change();
        await blocklist.ChangeAsync(change.Add, change.Remove, cancel);
        await onRecord.RecordCarriedOutAsync(decision, cancel);
        await findings.CloseAsync(Finding.IdOf(FindingKinds.BlockPlanLost, decision.Id), "It was carried out.", cancel);
    }
}
