using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>The trust list that stands in the container, where everybody who may write there can put what they like.</summary>
/// <param name="Document">Null when none stands there.</param>
/// <param name="List">Null when it is not one that Rekey's present key has signed for this environment.</param>
internal sealed record StandingList(Document? Document, TrustList? List)
{
    public static StandingList Open(Document document, PublicJwk key, string algorithm, string environment)
    {
        try
        {
            return new(document, TrustDocuments.Open(document.Content.Span, key, algorithm, environment));
        }
        catch (CannotContinueException)
        {
            return new(document, List: null);
        }
    }

    /// <summary>What is wrong with it; null when nothing is. A list that was signed once and is put back cannot stay.</summary>
    public string? Alteration(TrustHistory history) => (Document, List) switch
    {
        (null, _) => null,
        (_, null) => "it is not signed with Rekey's present document key",
        _ when List.Sequence < history.PublishedSequence => $"it is number {List.Sequence}, and {history.PublishedSequence} was published",
        _ => null,
    };

    /// <summary>What it has that the ledger lacks; null when that is nothing. One number more than the ledger's is a publisher that died
    /// before it wrote the line.</summary>
    public string? Contradiction(TrustHistory history, LedgerMark ledger) =>
        List is null ? null
        : List.Sequence > history.PublishedSequence + 1
            ? $"trust list {List.Sequence} is published and bears our signature, and the ledger knows of {history.PublishedSequence}"
        : List.Ledger.Count > ledger.Count
            ? $"the published trust list was signed behind line {List.Ledger.Count}, and the ledger has {ledger.Count}"
        : List.Revoked.FirstOrDefault(t => !history.IsBarred(t)) is { } lacking
            ? $"the published trust list has {lacking} as revoked, and the ledger has not"
        : null;

    /// <summary>The highest number that anybody can have seen.</summary>
    public long Highest(TrustHistory history) => Math.Max(history.PublishedSequence, List?.Sequence ?? 0);
}
