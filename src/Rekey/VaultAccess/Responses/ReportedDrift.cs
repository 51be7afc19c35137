using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Responses;

/// <summary>A finding of a vault that was told of.</summary>
/// <param name="Parts">What must be seen before it may be closed.</param>
/// <param name="Round">How often the question about it went unanswered.</param>
/// <param name="OverAt">When it was closed. It is remembered for a while: a process that slept meanwhile may tell of it once more.</param>
public sealed record ReportedDrift(string FindingId, IReadOnlyList<ReadingPart> Parts, int Round = 0, DateTimeOffset? OverAt = null);
