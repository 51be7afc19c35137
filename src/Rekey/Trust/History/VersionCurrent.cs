namespace Rekey.Trust.History;

/// <summary>The fact that issuers sign with this version from then on.</summary>
internal sealed record VersionCurrent(string KeyId, DateTimeOffset At, string Version, DateTimeOffset From) : TrustFact(KeyId, At);
