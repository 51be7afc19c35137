namespace Rekey.Detections.Gaps;

/// <summary>The ways in which a gap ends.</summary>
public enum GapEnd
{
    /// <summary>Its lines arrived, or the instance logged again without missing lines: it no longer hides tokens.</summary>
    Closed,

    /// <summary>The instance was silent for so long that it counts as retired: its silence hides no later tokens.</summary>
    Retired,

    /// <summary>An issuer without a log logs again. Its earlier issuances may still be missing, so the gap still hides tokens of its
    /// time.</summary>
    Over,
}
