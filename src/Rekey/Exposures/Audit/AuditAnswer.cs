namespace Rekey.Exposures.Audit;

/// <summary>An answer from the audit log.</summary>
/// <param name="IsWhole">False if a part of the log could not be read: then what is absent proves nothing.</param>
public sealed record AuditAnswer<T>(IReadOnlyList<T> Rows, bool IsWhole = true);
