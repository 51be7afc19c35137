namespace Rekey.Rotations;

/// <summary>The state of a rotation.</summary>
public enum RotationState
{
    /// <summary>The vault has not been called.</summary>
    Planned,

    /// <summary>Saved before the vault is asked for a version, so that a crash in between is recognised.</summary>
    VersionRequested,

    /// <summary>The new version is in the ledger and published.</summary>
    VersionCreated,

    /// <summary>The old versions can no longer sign.</summary>
    SigningStopped,

    /// <summary>The old versions have left the trust list; their thumbprints are revoked.</summary>
    TrustEnded,

    /// <summary>Everything was read back.</summary>
    Verified,

    /// <summary>An approver cancelled it before trust in the old versions ended: they stay trusted.</summary>
    Cancelled,

    /// <summary>It is stuck; the reason says why, and the timer retries it.</summary>
    Stuck,
}
