using Rekey.Detections.Campaigns;
using Rekey.Detections.Gaps;

namespace Rekey.Detections.Sweeps;

/// <summary>The context of one sweep: its detections, keys and gaps.</summary>
public sealed record SweepContext(IReadOnlyList<Detection> Detections, SweepWindows Windows, SweepParameters Parameters, KnownGaps Gaps)
{
    /// <summary>Whether a token's issuance may be hidden in a gap or in unread files. Such a token is held back.</summary>
    public bool MayBeHidden(Verdict verdict, TrackedToken token) => verdict.MayBeHidden() && (token.IsUnsure || Gaps.MayHide(token));

    /// <summary>Finds the detection with this id; null if its folder is gone.</summary>
    public Detection? Find(string detectionId) =>
        Detections.FirstOrDefault(d => string.Equals(d.Id, detectionId, StringComparison.Ordinal));
}
