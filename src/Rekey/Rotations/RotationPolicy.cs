using Rekey.Core;
using Rekey.Trust;
using Rekey.Trust.Vaults;

namespace Rekey.Rotations;

/// <summary>Decides the next step of a rotation from what has been done. Pure. <see cref="Urgency"/> says who decides how urgent it
/// is.</summary>
public static class RotationPolicy
{
    public static RotationMove Next(Rotation r, RotationOptions options, TrustOptions trust, DateTimeOffset now)
    {
        if (!r.IsRunning)
        {
            return new RotationMove.Rest();
        }

        return r.CancelledAt is not null ? Cancelled(r)
            : r.NoSuccessor is not null ? WithoutSuccessor(r)
            : r.NewVersion is not null ? WithSuccessor(r, trust, now)
            : !IsOutOfPatience(r, options, now) ? new RotationMove.CreateVersion()
            : r is { Urgency: Urgency.Immediate, TrustEndedAt: null } ? new RotationMove.GiveUpSuccessor()
            : new RotationMove.Stick(VaultReasons.Unreachable);
    }

    /// <summary>When issuers begin to sign with the new version: a graceful rotation gives verifiers time first.</summary>
    public static DateTimeOffset CurrentFrom(Rotation r, TrustOptions trust, DateTimeOffset announced) =>
        r.Urgency is Urgency.Immediate ? announced : announced + trust.AnnounceTime;

    /// <summary>When the last honest token of the old versions has expired.</summary>
    public static DateTimeOffset TrustMayEnd(DateTimeOffset signingStopped, TrustOptions trust) => signingStopped + KeyRetention.Of(trust);

    /// <summary>When the slowest verifier has dropped the old versions from its cache: no stolen key is called worthless before.</summary>
    /// <remarks>
    /// Counted from the last time a verifier can have fetched them: the end of trust, or later if a cache was still seen to serve them.
    /// </remarks>
    public static DateTimeOffset? WorthlessAt(Rotation r, TrustOptions trust) =>
        (r.SeenPublishedAt > r.TrustEndedAt ? r.SeenPublishedAt : r.TrustEndedAt) + trust.VerifierCacheTime;

    /// <summary>
    /// When to retry after a step that must wait: as the service asks, but not so late that containment would wait for a vault.
    /// </summary>
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
            // Containment waits for nothing: old versions are revoked even if a vault will not disable them.
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

    /// <summary>
    /// A cancelled rotation takes its new version to the trust list. It makes one only where a request may have made it already, or old
    /// versions can no longer sign.
    /// </summary>
    private static RotationMove Cancelled(Rotation r)
    {
        var isStopped = r.SigningStoppedAt is not null || r.SigningNotStopped is not null;
        return r.AnnouncedAt is not null ? new RotationMove.CloseCancelled()
            : r.NoSuccessor is { } why && (isStopped || r.NewVersion is not null) ? new RotationMove.Stick(why)
            : r.NewVersion is not null ? new RotationMove.Announce()
            : r.NoSuccessor is null && (isStopped || r.RequestedAt is not null) ? new RotationMove.CreateVersion()
            : new RotationMove.CloseCancelled();
    }

    private static RotationMove WithoutSuccessor(Rotation r) =>
        r.Urgency is Urgency.Graceful || r.TrustEndedAt is not null
            ? new RotationMove.Stick(r.NoSuccessor!)
            : new RotationMove.ContainWithoutSuccessor();

    /// <summary>Whether the wait for the vault is over. A resumed rotation asks the vault once more before it gives up.</summary>
    private static bool IsOutOfPatience(Rotation r, RotationOptions options, DateTimeOffset now) =>
        r.RequestedAt is not null && r.FirstRequestedAt + options.SuccessorPatience <= now;
}
