using System.Text.Json;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>A published document that is not what Rekey published last.</summary>
/// <param name="Sequence">The number that stands with it: its successor gets a higher one.</param>
/// <param name="IsSuspect">False where an earlier release may have written it so.</param>
internal sealed record Alteration(string Name, long Sequence, string What, bool IsSuspect);

/// <summary>The trust list that stands in the container, where everybody who may write there can put what they like.</summary>
/// <param name="Document">Null when none stands there.</param>
/// <param name="List">Null when it is not one that Rekey's present key has signed.</param>
internal sealed record StandingList(Document? Document, TrustList? List)
{
    public static StandingList Open(Document document, PublicJwk key, string algorithm)
    {
        try
        {
            return new(document, TrustDocuments.Read(SignedDocument.Open(document.Content.Span, TrustDocuments.TrustListType, key, algorithm)));
        }
        catch (Exception e) when (e is CannotContinueException or JsonException)
        {
            return new(document, List: null);
        }
    }

    /// <summary>What is wrong with it. A list that was signed once and is put back is refused by whoever saw a later one, so it cannot stay.</summary>
    public Alteration? Alteration(TrustHistory history) => (Document, List) switch
    {
        (null, _) => null,
        (_, null) => new(TrustDocuments.TrustListName, Document.Sequence, "it is not signed with Rekey's present document key", IsSuspect: true),
        _ when List.Sequence < history.PublishedSequence => new(TrustDocuments.TrustListName, Document.Sequence, $"it is number {List.Sequence}, and {history.PublishedSequence} was published", IsSuspect: true),
        _ => null,
    };

    /// <summary>The highest number that anybody can have seen.</summary>
    public long Highest(TrustHistory history) => Math.Max(history.PublishedSequence, Math.Max(List?.Sequence ?? 0, Document?.Sequence ?? 0));
}
