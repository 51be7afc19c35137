using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Responses;

/// <summary>A drift of a vault that was reported as a finding.</summary>
/// <param name="Parts">The parts that a reading must contain before the finding may close.</param>
/// <param name="Round">Number of lapsed questions about it.</param>
/// <param name="OverAt">When it was closed. It is kept for a while, because a suspended process may report it again.</param>
public sealed record ReportedDrift(string FindingId, IReadOnlyList<ReadingPart> Parts, int Round = 0, DateTimeOffset? OverAt = null);
