namespace Rekey.Detections;

/// <summary>What a finding of this detection may set off by itself.</summary>
public enum DetectionResponse
{
    /// <summary>Nothing but the finding.</summary>
    Report,

    /// <summary>Holds back verdicts that it may explain.</summary>
    Hold,

    /// <summary>Blocking needs a decision.</summary>
    Ask,

    /// <summary>The token is blocked.</summary>
    Block,
}
