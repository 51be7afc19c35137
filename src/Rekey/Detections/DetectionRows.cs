using Rekey.Detections.Gaps;

namespace Rekey.Detections;

/// <summary>What the rows of a detection are.</summary>
public enum DetectionRows
{
    /// <summary><see cref="Sighting"/>s.</summary>
    Tokens,

    /// <summary><see cref="IssuanceGap"/>s.</summary>
    Gaps,
}
