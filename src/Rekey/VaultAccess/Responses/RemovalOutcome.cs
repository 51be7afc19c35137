using Rekey.Core.Records;

namespace Rekey.VaultAccess.Responses;

/// <summary>The outcome of removals.</summary>
/// <param name="Tried">Number of removals sent; a later reading shows whether the grants are gone.</param>
public sealed record RemovalOutcome(Versioned<VaultStanding> Standing, int Tried, IReadOnlyList<ReportedDrift> Failed);
