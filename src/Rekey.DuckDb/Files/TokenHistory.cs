namespace Rekey.DuckDb.Files;

/// <summary>Both sides of one jti: who minted it and who accepted it, by time.</summary>
/// <param name="Issuances">Of every issuer: a jti counts for its own issuer only.</param>
public sealed record TokenHistory(IReadOnlyList<LogRow> Issuances, IReadOnlyList<LogRow> Accesses);
