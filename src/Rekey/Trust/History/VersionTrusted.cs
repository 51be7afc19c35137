namespace Rekey.Trust.History;

/// <summary>A version is trusted: reviewed with the baseline, or made by Rekey.</summary>
/// <param name="CurrentFrom">From when on issuers sign with it; null when that is said later, after it has been published.</param>
/// <param name="Basis">What it rests on: a rotation's round, or the baseline decision. One basis vouches for one version of a key.</param>
public sealed record VersionTrusted(
    string KeyId,
    DateTimeOffset At,
    string Version,
    string Thumbprint,
    DateTimeOffset? CurrentFrom,
    string Basis
) : TrustFact(KeyId, At);
