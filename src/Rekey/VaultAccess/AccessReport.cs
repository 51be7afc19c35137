using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess;

/// <summary>The result of the sweep of one vault.</summary>
/// <param name="Removed">Role assignments that the sweep removed.</param>
/// <param name="NotSeen">The parts that could not be read; for what no reading can show, see <see cref="VaultReading.BlindSpots"/>.</param>
public sealed record AccessReport(string VaultId, IReadOnlyList<Drift> Drift, IReadOnlyList<string> Removed, IReadOnlyList<Unseen> NotSeen);
