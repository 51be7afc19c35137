namespace Rekey.Detections.Campaigns;

/// <summary>The status of a token with a verdict.</summary>
public enum TokenStanding
{
    /// <summary>Held back: a gap in the issuer's log may hide its issuance, so it is not reported yet.</summary>
    Held,

    /// <summary>Reported as part of the finding.</summary>
    Raised,

    /// <summary>Withdrawn: the verdict was wrong.</summary>
    Withdrawn,
}
