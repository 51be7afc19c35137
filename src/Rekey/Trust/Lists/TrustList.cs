using System.Text.Json.Serialization;
using Rekey.Ledgers;
using Rekey.Ledgers.Forks;
using Rekey.Trust.Documents;

namespace Rekey.Trust.Lists;

/// <summary>
/// The trust list: the versions that verifiers may accept, each with its window and bindings. Any other thumbprint is refused.
/// </summary>
/// <param name="Sequence">Rises with every change; a verifier refuses a list with a lower one than it has seen.</param>
/// <param name="ValidUntil">
/// A verifier refuses the list from then on: an old list that was restored is useless even to a verifier without memory.
/// </param>
/// <param name="Ledger">The ledger's last line when the list was signed.</param>
public sealed record TrustList(
    string Environment,
    long Sequence,
    DateTimeOffset MadeAt,
    DateTimeOffset ValidUntil,
    LedgerMark Ledger,
    IReadOnlyList<TrustEntry> Keys,
    IReadOnlyList<string> Revoked
)
{
    private readonly HashSet<string> _revoked = SetOf(Revoked);
    private readonly ILookup<(string, string), TrustEntry> _entries = LookupOf(Keys);

    /// <summary>The trusted versions. A document without them is no trust list.</summary>
    [JsonRequired]
    public IReadOnlyList<TrustEntry> Keys
    {
        get;
        init => (field, _entries) = (value, LookupOf(value));
    } = Keys;

    /// <summary>Recently revoked thumbprints. The ledger keeps them for ever.</summary>
    [JsonRequired]
    public IReadOnlyList<string> Revoked
    {
        get;
        init => (field, _revoked) = (value, SetOf(value));
    } = Revoked;

    /// <summary>Hashes of the ledger's lines when the list was signed: a verifier whose last list came from another ledger refuses this
    /// one.</summary>
    public LineHashes Lines { get; init; } = LineHashes.None;

    /// <summary>The number of the last list in spite of which approvers accepted the ledger: a verifier with this or an earlier list takes
    /// the later ones of the accepted ledger. 0 when there was none.</summary>
    public long AcceptedSequence { get; init; }

    /// <summary>The rules for the times of every token; null in lists of earlier releases.</summary>
    public TokenRules? Tokens { get; init; }

    /// <summary>The key that will sign later documents; null when no change of the document key is announced. A gateway that pins the
    /// present key follows to this one.</summary>
    public DocumentKey? NextDocumentKey { get; init; }

    /// <summary>The schema version that this build writes and reads.</summary>
    public const int Schema = 1;

    /// <summary>The schema version of this list: a reader refuses a higher one than it knows.</summary>
    public int SchemaVersion { get; init; } = Schema;

    /// <summary>Whether the list names this thumbprint as revoked.</summary>
    public bool IsRevoked(string thumbprint) => _revoked.Contains(thumbprint);

    /// <summary>The entry of an issuer and kid; null when there is none.</summary>
    public TrustEntry? Find(string issuer, string kid) => _entries[(issuer, kid)].FirstOrDefault();

    private static HashSet<string> SetOf(IEnumerable<string> thumbprints) => thumbprints.ToHashSet(StringComparer.Ordinal);

    private static ILookup<(string, string), TrustEntry> LookupOf(IEnumerable<TrustEntry> entries) =>
        entries.ToLookup(e => (e.Issuer, e.Kid));
}
