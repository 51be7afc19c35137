namespace Rekey.Exposures;

/// <summary>A source that could not be read for a key.</summary>
/// <param name="Refusal">The stable code of the refusal; null when the source only failed for now.</param>
/// <param name="Why">What happened, in a plain sentence.</param>
/// <param name="Remedy">What to do; null when the source only failed for now.</param>
public sealed record UnreadSource(string KeyId, string? Refusal, string Why, string? Remedy);
