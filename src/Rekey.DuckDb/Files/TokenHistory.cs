namespace Rekey.DuckDb.Files;

/// <summary>The issuances and accesses of one jti, by time.</summary>
/// <param name="Issuances">The issuances of every issuer; a jti counts only for its own.</param>
public sealed record TokenHistory(IReadOnlyList<LogRow> Issuances, IReadOnlyList<LogRow> Accesses);
