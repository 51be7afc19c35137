namespace Rekey.Trust.History;

/// <summary>The fact that no token signed with this version may carry a later <c>iat</c>.</summary>
internal sealed record IssuanceEnded(string KeyId, DateTimeOffset At, string Version, string Thumbprint, DateTimeOffset IssuedUntil)
    : TrustFact(KeyId, At);
