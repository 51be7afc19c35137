using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess;

/// <summary>What the sweep of one vault came to.</summary>
/// <param name="Removed">Role assignments that were taken away.</param>
/// <param name="NotSeen">What could not be read; what no reading shows is <see cref="VaultReading.BlindSpots"/>.</param>
public sealed record AccessReport(string VaultId, IReadOnlyList<Drift> Drift, IReadOnlyList<string> Removed, IReadOnlyList<Unseen> NotSeen);
