namespace Rekey.Trust.History;

/// <summary>The fact that a version is trusted: approved with the baseline, or made by Rekey.</summary>
/// <param name="CurrentFrom">From when on issuers sign with it; null when a later fact says so, after publication.</param>
/// <param name="Basis">
/// The basis of trust: a rotation's round, or the baseline decision. One basis vouches for one version of a key.
/// </param>
public sealed record VersionTrusted(
    string KeyId,
    DateTimeOffset At,
    string Version,
    string Thumbprint,
    DateTimeOffset? CurrentFrom,
    string Basis
) : TrustFact(KeyId, At);
