namespace Rekey.Rotations.Tokens;

/// <summary>How many live tokens a key has signed, by the issuer's log.</summary>
/// <param name="Tokens">The live tokens; null when unknown.</param>
/// <param name="Callers">The people and programs who hold them and must sign in again; null when unknown.</param>
/// <param name="At">When they were counted.</param>
/// <param name="UnknownBecause">Why the count is unknown; null when it is known.</param>
public sealed record LiveTokenCount(long? Tokens, long? Callers, DateTimeOffset At, string? UnknownBecause)
{
    /// <summary>A count that is unknown.</summary>
    public static LiveTokenCount Unknown(DateTimeOffset at, string because) => new(null, null, at, because);
}
