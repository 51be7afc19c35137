using System.Collections.Immutable;

namespace Rekey.Decisions;

/// <summary>A question as the ledger has it. Its words are not there: they name people (T26). What they hash to is.</summary>
/// <param name="PlanHashes">Of the words that it was asked in; more than one when it was asked again in others. An answer to any of them is
/// one to the question.</param>
public sealed record RecordedQuestion(
    string DecisionId,
    string Kind,
    string About,
    ImmutableHashSet<string> PlanHashes,
    DateTimeOffset AskedAt,
    DateTimeOffset ExpiresAt,
    OnExpiry OnExpiry,
    IReadOnlyList<string> Initiators
)
{
    /// <summary>The decision as it was asked, with the words of its row if they are the ones in which it was asked, else without
    /// any.</summary>
    public Decision To(Decision? row)
    {
        var (words, hash) = row is null ? ("", "") : (row.Statement, AskForDecision.HashOf(DecisionId, row.Statement));
        return PlanHashes.Contains(hash) ? Of(words, hash) : Of("", PlanHashes.First());
    }

    private Decision Of(string words, string hash) => new(DecisionId, Kind, About, words, hash, Initiators, AskedAt, ExpiresAt, OnExpiry);
}
