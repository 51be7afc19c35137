using Rekey.Detections.Gaps;

namespace Rekey.Detections;

/// <summary>The type of a detection's rows.</summary>
public enum DetectionRows
{
    /// <summary><see cref="Sighting"/>s.</summary>
    Tokens,

    /// <summary><see cref="IssuanceGap"/>s.</summary>
    Gaps,
}
