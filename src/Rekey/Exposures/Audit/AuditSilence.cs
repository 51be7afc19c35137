namespace Rekey.Exposures.Audit;

/// <summary>A time in which the audit log of a vault has no row.</summary>
/// <param name="Vault">The vault's host name, lower case.</param>
/// <param name="From">The last row before it; null before the first row.</param>
/// <param name="To">The first row after it; null after the last row.</param>
public sealed record AuditSilence(string Vault, DateTimeOffset? From, DateTimeOffset? To);
