namespace Rekey.Trust;

/// <summary>
/// Something about trust that stands in the ledger. What is trusted follows from these and from the vault alone: no table row can add a key.
/// </summary>
/// <param name="KeyId">The key that it is about; for what is about the whole list, the environment.</param>
public abstract record TrustFact(string KeyId, DateTimeOffset At);

/// <summary>The versions that were there when Rekey came have been reviewed.</summary>
/// <param name="Decision">The answer that it rests on.</param>
public sealed record BaselineTaken(string KeyId, DateTimeOffset At, string Decision) : TrustFact(KeyId, At);

/// <summary>A version is trusted: reviewed with the baseline, or made by Rekey.</summary>
/// <param name="CurrentFrom">From when on issuers sign with it; null when that is said later, after it has been published.</param>
/// <param name="Basis">What it rests on: a rotation's round, or the baseline decision. One basis vouches for one version of a key.</param>
public sealed record VersionTrusted(string KeyId, DateTimeOffset At, string Version, string Thumbprint, DateTimeOffset? CurrentFrom, string Basis) : TrustFact(KeyId, At);

/// <summary>Issuers sign with this version from then on.</summary>
public sealed record VersionCurrent(string KeyId, DateTimeOffset At, string Version, DateTimeOffset From) : TrustFact(KeyId, At);

/// <summary>No token signed with this version may carry a later <c>iat</c>.</summary>
public sealed record IssuanceEnded(string KeyId, DateTimeOffset At, string Version, string Thumbprint, DateTimeOffset IssuedUntil) : TrustFact(KeyId, At);

/// <summary>The version's trust has ended and its thumbprint is barred for ever.</summary>
public sealed record TrustEnded(string KeyId, DateTimeOffset At, string Version, string Thumbprint) : TrustFact(KeyId, At);

/// <summary>Two approvers have accepted the ledger although this list, or one before it, has what it lacks.</summary>
public sealed record LedgerAccepted(string KeyId, DateTimeOffset At, long Sequence) : TrustFact(KeyId, At);

/// <summary>A trust list went out under this number: gateways may have seen it, and take none with a lower one.</summary>
/// <param name="Added">Kids that the list before did not name.</param>
/// <param name="Removed">Kids that it named, and this one does not.</param>
public sealed record ListPublished(string KeyId, DateTimeOffset At, long Sequence, IReadOnlyList<string> Added, IReadOnlyList<string> Removed)
    : TrustFact(KeyId, At);
