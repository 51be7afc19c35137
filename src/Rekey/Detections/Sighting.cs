namespace Rekey.Detections;

/// <summary>One row of a detection: a token with one verdict, from one address.</summary>
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
    /// <summary>Whether unread files may contain its issuance: then <c>unissued</c> is no proof, and is held back.</summary>
    public bool IsUnsure { get; init; }
}
