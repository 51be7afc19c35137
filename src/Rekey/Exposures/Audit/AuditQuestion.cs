using Rekey.Trust;

namespace Rekey.Exposures.Audit;

/// <summary>A question about the use of keys.</summary>
/// <param name="Keys">The keys.</param>
/// <param name="Principals">Object ids and application ids, lower case; null asks about everyone.</param>
/// <param name="Since">Earlier rows are not read.</param>
public sealed record AuditQuestion(IReadOnlyCollection<SigningKey> Keys, IReadOnlyCollection<string>? Principals, DateTimeOffset Since);
