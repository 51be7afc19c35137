using Rekey.Ledgers;

namespace Rekey.Trust.Lists;

/// <summary>The versions that verifiers may accept, each with its window and bindings. A thumbprint that it does not name is
/// refused.</summary>
/// <param name="Sequence">Rises with every change; a verifier refuses a list with a lower one than it has seen.</param>
/// <param name="ValidUntil">A verifier refuses the list from then on: one that was put back is of no use to whoever has no memory.</param>
/// <param name="Ledger">How far the ledger was when the list was signed.</param>
/// <param name="Revoked">Thumbprints that were revoked lately. The ledger keeps them for ever.</param>
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
    /// <summary>The shape that this build writes and reads.</summary>
    public const int Schema = 1;

    /// <summary>The shape of this one: a reader refuses a higher one than it knows.</summary>
    public int SchemaVersion { get; init; } = Schema;
}
