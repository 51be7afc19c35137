namespace Rekey.Trust.History;

/// <summary>The fact that an approver has reviewed the versions that existed before Rekey.</summary>
/// <param name="Decision">The decision that approved it.</param>
internal sealed record BaselineTaken(string KeyId, DateTimeOffset At, string Decision) : TrustFact(KeyId, At);
