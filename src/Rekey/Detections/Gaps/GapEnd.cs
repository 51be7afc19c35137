namespace Rekey.Detections.Gaps;

/// <summary>How a gap came to its end.</summary>
public enum GapEnd
{
    /// <summary>Its lines arrived, or the instance spoke again and none was missing: it hides nothing any more.</summary>
    Closed,

    /// <summary>The instance was silent for so long that it counts as retired: later tokens are not hidden by its silence.</summary>
    Retired,

    /// <summary>An issuer of which nothing was logged logs again. Nobody knows whether it says what it issued meanwhile: it goes on hiding
    /// its own time.</summary>
    Over,
}
