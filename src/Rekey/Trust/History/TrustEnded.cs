namespace Rekey.Trust.History;

/// <summary>The version's trust has ended and its thumbprint is barred for ever.</summary>
internal sealed record TrustEnded(string KeyId, DateTimeOffset At, string Version, string Thumbprint) : TrustFact(KeyId, At);
