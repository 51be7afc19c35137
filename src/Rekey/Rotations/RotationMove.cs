namespace Rekey.Rotations;

/// <summary>The next step of a rotation.</summary>
public abstract record RotationMove
{
    /// <summary>Nothing is left to do.</summary>
    public sealed record Rest : RotationMove;

    /// <summary>Wait until that time.</summary>
    public sealed record Wait(DateTimeOffset Until) : RotationMove;

    /// <summary>Stuck: it needs a person or a retry.</summary>
    public sealed record Stick(string Reason) : RotationMove;

    public sealed record CreateVersion : RotationMove;

    /// <summary>Publish the new version and set when issuers begin to sign with it.</summary>
    public sealed record Announce : RotationMove;

    /// <summary>The vault was unreachable for too long: contain without a successor.</summary>
    public sealed record GiveUpSuccessor : RotationMove;

    /// <summary>Stop and revoke the old versions without a successor, if that leaves the issuer a key, or an approver has agreed.</summary>
    public sealed record ContainWithoutSuccessor : RotationMove;

    /// <summary>Check that old versions are no longer used, then stop them.</summary>
    public sealed record DrainThenStop : RotationMove;

    public sealed record StopSigning : RotationMove;

    public sealed record EndTrust : RotationMove;

    public sealed record Verify : RotationMove;

    /// <summary>Publish what there is, and close a cancelled rotation.</summary>
    public sealed record CloseCancelled : RotationMove;
}
