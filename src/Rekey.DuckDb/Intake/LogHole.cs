using Rekey.Detections.Gaps;

namespace Rekey.DuckDb.Intake;

/// <summary>A part of a log file that cannot be read.</summary>
/// <param name="Issuers">The issuers in the rest of the file; empty if nothing of it can be read.</param>
/// <param name="From">The time of the last readable line in front of it; null if there is none.</param>
/// <param name="To">The time of the first readable line behind it, or the file's last write.</param>
/// <param name="Lines">The number of lines; null if unknown.</param>
/// <param name="Reason">In plain words.</param>
public sealed record LogHole(
    string File,
    IReadOnlyList<string> Issuers,
    DateTimeOffset? From,
    DateTimeOffset To,
    long? Lines,
    string Reason
)
{
    /// <summary>The hole in a file of issuances as gaps in the logs of its issuers.</summary>
    /// <param name="known">The issuers to name if the file names none.</param>
    public IEnumerable<IssuanceGap> ToGaps(IEnumerable<string> known) =>
        (Issuers.Count > 0 ? Issuers : known).Select(iss => new IssuanceGap(
            iss,
            IssuanceGap.OfFile(File),
            From ?? DateTimeOffset.UnixEpoch,
            To,
            Lines
        ));
}
