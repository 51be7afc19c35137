namespace Rekey.Trust.History;

/// <summary>The fact that a version is retired and its thumbprint revoked for ever.</summary>
internal sealed record TrustEnded(string KeyId, DateTimeOffset At, string Version, string Thumbprint) : TrustFact(KeyId, At);
