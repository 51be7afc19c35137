namespace Rekey.Rotations;

/// <summary>What a rotation does next.</summary>
public abstract record RotationMove
{
    /// <summary>Nothing is left to do.</summary>
    public sealed record Rest : RotationMove;

    /// <summary>Nothing may be done before that time.</summary>
    public sealed record Wait(DateTimeOffset Until) : RotationMove;

    /// <summary>It cannot go on by itself.</summary>
    public sealed record Stick(string Reason) : RotationMove;

    public sealed record CreateVersion : RotationMove;

    /// <summary>Publish the new version and say from when on issuers sign with it.</summary>
    public sealed record Announce : RotationMove;

    /// <summary>The vault has been out of reach for too long: contain without a successor.</summary>
    public sealed record GiveUpSuccessor : RotationMove;

    /// <summary>Stop signing and end trust although there is no successor, if that leaves the issuer a key, or somebody has said
    /// so.</summary>
    public sealed record ContainWithoutSuccessor : RotationMove;

    /// <summary>See that nobody signs with the old versions any more, then stop them.</summary>
    public sealed record DrainThenStop : RotationMove;

    public sealed record StopSigning : RotationMove;

    public sealed record EndTrust : RotationMove;

    public sealed record Verify : RotationMove;
}
