using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Findings;
using Rekey.Stopping;

namespace Rekey.Blocking.Proposals;

/// <summary>
/// Carries out decisions about the blocklist. The ledger says what was approved and whether it was done. The file has only the plan, and
/// only the approved plan counts. Repeating it is harmless; after a crash the timer does it.
/// </summary>
public sealed class CarryOutBlocks(
    BlockProposals proposals,
    IBlocklist blocklist,
    DecisionLedger onRecord,
    IFindings findings,
    KillSwitch killSwitch,
    TimeProvider timeProvider
) : IDecisionHandler
{
    public IReadOnlyList<string> Kinds { get; } = [DecisionKinds.Block, DecisionKinds.Unblock];

    /// <summary>Carries out one decision.</summary>
    public async Task CarryOutAsync(Decision decision, CancellationToken cancellationToken)
    {
        if ((await onRecord.ReadAsync(cancellationToken)).ApprovedBlocks.FirstOrDefault(d => d.Id == decision.Id) is { } approved)
        {
            await CarryOutApprovedAsync(approved, cancellationToken);
        }
    }

    /// <summary>Carries out every decision that is still open, and removes plans that are no longer needed.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // One that cannot be carried out, such as one too many for the list, keeps none of the others waiting.
        var failures = new Failures();
        foreach (var decision in (await onRecord.ReadAsync(cancellationToken)).ApprovedBlocks)
        {
            await failures.TryAsync(() => CarryOutApprovedAsync(decision, cancellationToken));
        }

        // The plan exists before the question: one without a question is left alone for a while.
        var (recorded, now) = (await onRecord.ReadAsync(cancellationToken), timeProvider.GetUtcNow());
        var needed = recorded.ApprovedBlocks.Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var id in await proposals.ListAsync(cancellationToken))
        {
            var isOver = recorded.Find(id) is { } decision
                ? decision.Outcome is not DecisionState.Pending
                : !(await proposals.FindAsync(id, cancellationToken) is { } young && now - young.AskedAt < TimeSpan.FromHours(1));
            if (isOver && !needed.Contains(id))
            {
                await proposals.RemoveAsync(id, cancellationToken);
            }
        }

        failures.Throw();
    }

    private async Task CarryOutApprovedAsync(Decision decision, CancellationToken cancellationToken)
    {
        // 1. Read the plan and check that it is the approved one: the file alone neither blocks nor unblocks.
        var proposal = await proposals.FindAsync(decision.Id, cancellationToken);
        if (proposal?.Is(decision) is not true)
        {
            await findings.RaiseAsync(BlockFindings.PlanLost(decision, timeProvider.GetUtcNow()), cancellationToken);
            return;
        }

        // 2. While Rekey is stopped it blocks nothing; the timer does it later. An entry that two people take off the list goes.
        if (decision.Kind is DecisionKinds.Block && await killSwitch.IsStoppedAsync(cancellationToken))
        {
            return;
        }

        // 3. Carry it out, and put that on record. An entry that has changed since the approvers were shown it stays: they did not decide
        // about that one.
        var entry = proposal.Entry();
        var isOther = false;
        if (decision.Kind is DecisionKinds.Unblock)
        {
            isOther = !await blocklist.RemoveAsync(entry, cancellationToken);
        }
        else
        {
            await blocklist.ChangeAsync([entry], [], cancellationToken);
        }

        await onRecord.RecordCarriedOutAsync(decision, cancellationToken);
        await findings.CloseAsync(Finding.IdOf(FindingKinds.BlockPlanLost, decision.Id), "It was carried out.", cancellationToken);
        if (isOther)
        {
            throw new CannotContinueException(
                "block-changed",
                $"The entry {entry.Id} has changed since the approver was shown it. It stays on the blocklist.",
                $"Read `rekey blocks show {entry.Id}`. Run `rekey blocks remove {entry.Id}` again if this entry shall be removed too."
            );
        }
    }
}
