namespace Rekey.Detections;

/// <summary>The automatic response to a finding of a detection.</summary>
public enum DetectionResponse
{
    /// <summary>No response: the finding only.</summary>
    Report,

    /// <summary>Holds back verdicts that it may explain.</summary>
    Hold,

    /// <summary>Rekey blocks the token after approval.</summary>
    Ask,

    /// <summary>Rekey blocks the token.</summary>
    Block,
}
