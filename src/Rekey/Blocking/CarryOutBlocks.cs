using Rekey.Decisions;
using Rekey.Findings;

namespace Rekey.Blocking;

/// <summary>
/// Does what answers about the blocklist call for. What was approved, and whether it was done, the ledger says; the file gives the plan alone, and
/// only the one that was approved. Repeating it is harmless; if it is never reached, the timer comes to the same.
/// </summary>
public sealed class CarryOutBlocks(BlockProposals proposals, IBlocklist blocklist, DecisionLedger onRecord, IFindings findings, TimeProvider clock)
    : IDecisionHandler
{
    public IReadOnlyList<string> Kinds { get; } = [DecisionKinds.Block, DecisionKinds.Unblock];

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
        foreach (var id in await proposals.ListAsync(cancel))
        {
            var isOver = recorded.Find(id) is { } decision ? decision.StateAt(now) is not DecisionState.Pending
                : !(await proposals.FindAsync(id, cancel) is { } young && now - young.AskedAt < TimeSpan.FromHours(1));
            if (isOver && !needed.Contains(id))
            {
                await proposals.RemoveAsync(id, cancel);
            }
        }
    }

    private async Task CarryOutApprovedAsync(Decision decision, CancellationToken cancel)
    {
        // 1. The plan, if it is the one that was approved: the file alone neither locks out nor lets in.
        var proposal = await proposals.FindAsync(decision.Id, cancel);
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
