namespace Rekey.Detections.Campaigns;

/// <summary>Where a token under a verdict stands.</summary>
public enum TokenStanding
{
    /// <summary>A gap in the issuer's log may hide its issuance: nobody has heard of it yet.</summary>
    Held,

    /// <summary>It is part of the finding.</summary>
    Raised,

    /// <summary>The verdict turned out to be wrong.</summary>
    Withdrawn,
}
