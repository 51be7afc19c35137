using System.Text;
using Rekey.Blocking.Publishing;
using Rekey.Decisions;

namespace Rekey.Blocking.Proposals;

/// <summary>
/// What an approver is asked to put on the blocklist, or to take off it. The decision's id is the hash of it, so that what the ledger has
/// as approved is this plan or none. It may name a person, so it does not stand in the ledger.
/// </summary>
/// <param name="DecisionId">The decision that it waits for.</param>
/// <param name="Kind">A code of <see cref="DecisionKinds"/>.</param>
/// <param name="About">Names the entry by its id, which shows no subject.</param>
/// <param name="Plan">The change in its one form.</param>
public sealed record BlockProposal(string DecisionId, string Kind, string About, string Plan, DateTimeOffset AskedAt)
{
    /// <summary>What is planned.</summary>
    public BlockChange Change() => BlockDocuments.ReadChange(Encoding.UTF8.GetBytes(Plan));

    /// <summary>Whether this is the plan that the decision is about.</summary>
    public bool Is(Decision decision) => decision.Id == DecisionId && DecisionId == AskForDecision.IdOf(Kind, About, Plan);

    internal static BlockProposal Of(string kind, string entryId, BlockChange change, DateTimeOffset now)
    {
        var (about, plan) = ($"block/{entryId}", Encoding.UTF8.GetString(BlockDocuments.Bytes(change)));
        return new(AskForDecision.IdOf(kind, about, plan), kind, about, plan, now);
    }
}
