namespace Rekey.Rotations;

/// <summary>Where a rotation stands.</summary>
public enum RotationState
{
    /// <summary>Nothing has been asked of the vault.</summary>
    Planned,

    /// <summary>Saved before the vault is asked for a version, so that a crash in between is known as one.</summary>
    VersionRequested,

    /// <summary>The new version is in the ledger and published.</summary>
    VersionCreated,

    /// <summary>The old versions can no longer sign.</summary>
    SigningStopped,

    /// <summary>The old versions have left the trust list; their thumbprints are barred.</summary>
    TrustEnded,

    /// <summary>All of it was read back.</summary>
    Verified,

    /// <summary>It cannot go on by itself; the reason says why, and the timer takes it up again.</summary>
    Stuck,
}
