namespace Rekey.Trust.History;

/// <summary>Issuers sign with this version from then on.</summary>
internal sealed record VersionCurrent(string KeyId, DateTimeOffset At, string Version, DateTimeOffset From) : TrustFact(KeyId, At);
