namespace Rekey.Trust;

/// <summary>The versions that verifiers may accept, each with its window and bindings. A thumbprint that it does not name is refused.</summary>
/// <param name="Sequence">Rises with every change; a verifier refuses a list with a lower one than it has seen.</param>
/// <param name="ValidUntil">A verifier refuses the list from then on: one that was put back is of no use to whoever has no memory.</param>
/// <param name="Ledger">How far the ledger was when the list was signed.</param>
/// <param name="Revoked">Thumbprints that were revoked lately. The ledger keeps them for ever.</param>
public sealed record TrustList(string Environment, long Sequence, DateTimeOffset MadeAt, DateTimeOffset ValidUntil, LedgerMark Ledger,
    IReadOnlyList<TrustEntry> Keys, IReadOnlyList<string> Revoked)
{
    /// <summary>The shape that this build writes and reads.</summary>
    public const int Schema = 1;

    /// <summary>The shape of this one: a reader refuses a higher one than it knows.</summary>
    public int SchemaVersion { get; init; } = Schema;
}

/// <summary>One trusted version.</summary>
/// <param name="KeyId">Vault and key name; <paramref name="Version"/> is the vault's version, so that issuers know what to sign with.</param>
/// <param name="Current">Whether the issuer signs with it now.</param>
public sealed record TrustEntry(string KeyId, string Version, string Kid, string Thumbprint, PublicJwk PublicKey,
    string IssuerName, string Issuer, IReadOnlyList<string> Audiences, IReadOnlyList<string> Algorithms, TrustWindow Window, bool Current);

/// <summary>When a version is trusted.</summary>
/// <param name="TrustedFrom">From when on verifiers may accept it.</param>
/// <param name="CurrentFrom">From when on issuers sign with it; null before that is known.</param>
/// <param name="IssuedUntil">No token may carry a later <c>iat</c>; null while it may still sign.</param>
/// <param name="TrustedUntil">No token is accepted after this; null while it may still sign.</param>
public sealed record TrustWindow(DateTimeOffset TrustedFrom, DateTimeOffset? CurrentFrom, DateTimeOffset? IssuedUntil, DateTimeOffset? TrustedUntil);
