using Rekey.Detections.Campaigns;
using Rekey.Detections.Gaps;

namespace Rekey.Detections.Sweeps;

/// <summary>What one sweep goes by: its detections, what is known of keys, and of gaps.</summary>
public sealed record SweepContext(IReadOnlyList<Detection> Detections, SweepWindows Windows, SweepParameters Parameters, KnownGaps Gaps)
{
    /// <summary>Whether a token's issuance may be there all the same: hidden in a gap, or in what was not read. Such a token is held
    /// back.</summary>
    public bool MayBeHidden(Verdict verdict, TrackedToken token) => verdict is Verdict.Unissued && (token.IsUnsure || Gaps.MayHide(token));

    /// <summary>The detection with this id; null when its folder is gone.</summary>
    public Detection? Find(string detectionId) =>
        Detections.FirstOrDefault(d => string.Equals(d.Id, detectionId, StringComparison.Ordinal));
}
