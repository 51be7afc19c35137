using Rekey.Core.Records;

namespace Rekey.VaultAccess.Responses;

/// <summary>What became of removals.</summary>
/// <param name="Tried">How many were sent; whether they are gone a reading says.</param>
public sealed record RemovalOutcome(Versioned<VaultStanding> Standing, int Tried, IReadOnlyList<ReportedDrift> Failed);
