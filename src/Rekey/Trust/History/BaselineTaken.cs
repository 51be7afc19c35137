namespace Rekey.Trust.History;

/// <summary>The versions that were there when Rekey came have been reviewed.</summary>
/// <param name="Decision">The answer that it rests on.</param>
internal sealed record BaselineTaken(string KeyId, DateTimeOffset At, string Decision) : TrustFact(KeyId, At);
