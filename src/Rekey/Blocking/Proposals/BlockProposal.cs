using System.Text;
using Rekey.Blocking.Publishing;
using Rekey.Decisions;

namespace Rekey.Blocking.Proposals;

/// <summary>
/// An entry of the blocklist for approvers to decide on: whether to list it, or to remove it. The decision's id is a hash of it, so that
/// the ledger's approval fits this plan only. It may name a person, so it is not in the ledger.
/// </summary>
/// <param name="DecisionId">The decision that it waits for.</param>
/// <param name="Kind">A code of <see cref="DecisionKinds"/>.</param>
/// <param name="About">The entry's id, which shows no subject.</param>
/// <param name="Round">What makes the same wish a new question: how often it was asked before.</param>
/// <param name="Plan">The entry in its canonical form, as the approvers are shown it.</param>
public sealed record BlockProposal(string DecisionId, string Kind, string About, string Round, string Plan, DateTimeOffset AskedAt)
{
    /// <summary>What the decision's id is a hash of, besides its kind and what it is about.</summary>
    public string Wish => Asked(Round, Plan);

    /// <summary>The entry to list or to remove.</summary>
    public BlockEntry Entry() => BlockDocuments.ReadEntry(Encoding.UTF8.GetBytes(Plan));

    /// <summary>The last decision that allowed this entry of the blocklist; null when none is on record.</summary>
    public static Decision? ApprovalOf(string entryId, RecordedDecisions recorded) =>
        recorded
            .Approved(DecisionKinds.Block)
            .Where(d => string.Equals(d.About, AboutOf(entryId), StringComparison.Ordinal))
            .MaxBy(d => d.AnsweredAt);

    /// <summary>Whether this is the plan that the decision is about.</summary>
    public bool Is(Decision decision) => decision.Id == DecisionId && DecisionId == AskForDecision.IdOf(Kind, About, Wish);

    internal static BlockProposal Of(string kind, BlockEntry entry, string round, DateTimeOffset now)
    {
        var (about, plan) = (AboutOf(entry.Id), Encoding.UTF8.GetString(BlockDocuments.Bytes(entry)));
        return new(AskForDecision.IdOf(kind, about, Asked(round, plan)), kind, about, round, plan, now);
    }

    private static string AboutOf(string entryId) => $"block/{entryId}";

    private static string Asked(string round, string plan) => $"{round}/{plan}";
}
