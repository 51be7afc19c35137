using Rekey.Core;
using Rekey.Trust;
using Rekey.Trust.Vaults;

namespace Rekey.Rotations;

/// <summary>Decides what comes next from what has been done. Pure.</summary>
public static class RotationPolicy
{
    public static RotationMove Next(Rotation r, RotationOptions options, TrustOptions trust, DateTimeOffset now)
    {
        if (!r.IsRunning)
        {
            return new RotationMove.Rest();
        }

        return r.NoSuccessor is not null ? WithoutSuccessor(r)
            : r.NewVersion is not null ? WithSuccessor(r, trust, now)
            : !IsOutOfPatience(r, options, now) ? new RotationMove.CreateVersion()
            : r is { Urgency: Urgency.Immediate, TrustEndedAt: null } ? new RotationMove.GiveUpSuccessor()
            : new RotationMove.Stick(VaultReasons.Unreachable);
    }

    /// <summary>When issuers begin to sign with the new version: a graceful rotation gives verifiers their time first.</summary>
    public static DateTimeOffset CurrentFrom(Rotation r, TrustOptions trust, DateTimeOffset announced) =>
        r.Urgency is Urgency.Immediate ? announced : announced + trust.AnnounceTime;

    /// <summary>When the last honest token of the old versions has died.</summary>
    public static DateTimeOffset TrustMayEnd(DateTimeOffset signingStopped, TrustOptions trust) => signingStopped + KeyRetention.Of(trust);

    /// <summary>When the slowest verifier has forgotten the old versions: not before that is anything called worthless.</summary>
    /// <remarks>Counted from when the last verifier can have fetched them: the end of trust, or later where a cache was seen to serve them
    /// still.</remarks>
    public static DateTimeOffset? WorthlessAt(Rotation r, TrustOptions trust) =>
        (r.SeenPublishedAt > r.TrustEndedAt ? r.SeenPublishedAt : r.TrustEndedAt) + trust.VerifierCacheTime;

    /// <summary>When to come again after a step that has to wait: as the other side asks, but not so late that containment would wait for a
    /// vault.</summary>
    public static DateTimeOffset ComeAgain(Rotation r, RotationOptions options, DateTimeOffset now, TimeSpan? delay)
    {
        var soon = now + TimeSpan.FromSeconds(5);
        var asked = delay is null ? now + Backoff.After(r.Attempt, options.StuckRetry) : now + delay.Value;
        if (r is not { Urgency: Urgency.Immediate, TrustEndedAt: null, FirstRequestedAt: { } first })
        {
            return asked;
        }

        var patience = first + options.SuccessorPatience;
        var latest = patience > soon ? patience : soon;
        return asked < latest ? asked : latest;
    }

    private static RotationMove WithSuccessor(Rotation r, TrustOptions trust, DateTimeOffset now)
    {
        if (r.AnnouncedAt is not { } announced)
        {
            return new RotationMove.Announce();
        }

        if (r.Urgency is Urgency.Immediate)
        {
            // Containment waits for nothing: a vault that will not disable the old versions does not keep their trust alive.
            return r.SigningStoppedAt is null && r.SigningNotStopped is null ? new RotationMove.StopSigning()
                : r.TrustEndedAt is null ? new RotationMove.EndTrust()
                : r.SigningStoppedAt is null ? new RotationMove.Stick(r.SigningNotStopped!)
                : new RotationMove.Verify();
        }

        if (r.SigningStoppedAt is { } stopped)
        {
            var end = TrustMayEnd(stopped, trust);
            return r.TrustEndedAt is not null ? new RotationMove.Verify()
                : now < end ? new RotationMove.Wait(end)
                : new RotationMove.EndTrust();
        }

        var current = announced + trust.AnnounceTime;
        return r.SigningNotStopped is { } refused ? new RotationMove.Stick(refused)
            : now < current ? new RotationMove.Wait(current)
            : new RotationMove.DrainThenStop();
    }

    private static RotationMove WithoutSuccessor(Rotation r) =>
        r.Urgency is Urgency.Graceful || r.TrustEndedAt is not null
            ? new RotationMove.Stick(r.NoSuccessor!)
            : new RotationMove.ContainWithoutSuccessor();

    /// <summary>A rotation that is taken up again asks the vault once more before it gives up.</summary>
    private static bool IsOutOfPatience(Rotation r, RotationOptions options, DateTimeOffset now) =>
        r.RequestedAt is not null && r.FirstRequestedAt + options.SuccessorPatience <= now;
}
