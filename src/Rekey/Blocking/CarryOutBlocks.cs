using Rekey.Decisions;

namespace Rekey.Blocking;

/// <summary>Does what answers about the blocklist call for. Repeating it is harmless; if it is never reached, the timer comes to the same.</summary>
public sealed class CarryOutBlocks(IRecords<BlockProposal> proposals, IBlocklist blocklist, DecisionLedger onRecord, TimeProvider clock)
{
    /// <summary>Whether decisions of this kind are carried out here.</summary>
    public static bool Knows(Decision decision) => decision.Kind is DecisionKinds.Block or DecisionKinds.Unblock;

    /// <summary>Carries out one answer.</summary>
    public async Task CarryOutAsync(Decision decision, CancellationToken cancel)
    {
        if (await proposals.FindAsync("proposal", decision.Id, cancel) is { Value.Settled: false } read)
        {
            await SettleAsync(read, decision, cancel);
        }
    }

    /// <summary>Carries out every answer that is still to be.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        await foreach (var read in proposals.ListAsync("proposal", cancel))
        {
            if (!read.Value.Settled && await onRecord.FindAsync(read.Value.DecisionId, cancel) is { } decision)
            {
                await SettleAsync(read, decision, cancel);
            }
        }
    }

    private async Task SettleAsync(Versioned<BlockProposal> read, Decision decision, CancellationToken cancel)
    {
        // 1. Is it answered, and is it this that was answered? What the ledger has counts: a row alone neither locks out nor lets in.
        var decided = await onRecord.OfAsync(decision, cancel);
        if (decided.StateAt(clock.GetUtcNow()) is DecisionState.Pending || !read.Value.Is(decision))
        {
            return;
        }

        // 2. Silence is no yes.
        if (decided.State is DecisionState.Approved)
        {
            var change = read.Value.Change();
            await blocklist.ChangeAsync(change.Add, change.Remove, cancel);
        }

        // 3. Not taken up again; if somebody else wrote so first, that is as good.
        await proposals.ReplaceAsync(read, read.Value with { Settled = true }, cancel);
    }
}
