using System.Collections.Immutable;

namespace Rekey.Decisions.Record;

/// <summary>A question on record. The ledger has the hash of its words, not the words, because they name people (T26).</summary>
/// <param name="PlanHashes">
/// Hashes of the words in which it was asked; several when it was asked again in other words. An answer to any of them counts.
/// </param>
/// <param name="WhileGone">Silence carries it out only while this person is gone; null when silence does not depend on a person.</param>
public sealed record RecordedQuestion(
    string DecisionId,
    string Kind,
    string About,
    ImmutableHashSet<string> PlanHashes,
    DateTimeOffset AskedAt,
    DateTimeOffset ExpiresAt,
    OnExpiry OnExpiry,
    IReadOnlyList<string> Initiators,
    string? WhileGone = null
)
{
    /// <summary>The decision as it was asked, with the words of its row if their hash matches, else without words.</summary>
    public Decision To(Decision? row)
    {
        var (words, hash) = row is null ? ("", "") : (row.Statement, AskForDecision.HashOf(DecisionId, row.Statement));
        return PlanHashes.Contains(hash) ? Of(words, hash) : Of("", PlanHashes.First());
    }

    private Decision Of(string words, string hash) => new(DecisionId, Kind, About, words, hash, Initiators, AskedAt, ExpiresAt, OnExpiry);
}
