namespace Rekey.Detections;

/// <summary>One row of a detection: a token under one verdict, from one address.</summary>
/// <param name="Accesses">Distinct accesses; a line that was delivered twice counts once.</param>
public sealed record Sighting(
    Verdict Verdict,
    PresentedToken Token,
    string? SrcIpAddr,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen,
    long Accesses
)
{
    /// <summary>Not everything was read in which its issuance may be: the verdict <c>unissued</c> is no proof, and is held back.</summary>
    public bool IsUnsure { get; init; }
}
