using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>Publishes the new version, and says from when on issuers sign with it.</summary>
public sealed class AnnounceVersion(TrustLedger trustLedger, PublishTrust publish, RotationOptions options, TrustOptions trust, TimeProvider clock)
{
    public async Task<bool> RunAsync(RotationLease lease, BoundKey key, CancellationToken cancel)
    {
        // 1. Verifiers first: an issuer must not sign with a key that nobody can look up.
        var publication = await publish.PublishAsync(key.Issuer, cancel);
        var rotation = lease.Rotation;
        var announced = clock.GetUtcNow();
        if (rotation.Urgency is Urgency.Graceful || announced < rotation.FirstRequestedAt + options.SuccessorPatience)
        {
            // Where it hurries this is waited for as long as for the version itself, and no longer.
            publication.With(key.Key, rotation.NewVersion);
        }

        if (rotation.Urgency is Urgency.Graceful && publication.List.Keys.All(k => k.Thumbprint != rotation.NewThumbprint))
        {
            // Left out of the list, as the finding about it says. Issuers must not be sent to it; where it hurries, containment comes first.
            throw new CannotContinueException("new-version-not-published", $"The vault's key under {rotation.NewVersion} is not the one that was made.", "See the finding about it, and rotate again.");
        }

        // 2. Then issuers: at once, or after the announcement has reached everybody.
        var from = RotationPolicy.CurrentFrom(rotation, trust, announced);
        await trustLedger.MakeCurrentAsync(key.Key, rotation.NewVersion!, from, $"{rotation.Id}/{rotation.Round}/{rotation.Urgency}", cancel);
        await lease.SaveAsync(r => r with { AnnouncedAt = announced }, cancel);
        if (rotation.Urgency is Urgency.Graceful)
        {
            await publish.PublishAsync(key.Issuer, cancel);
        }

        return true;
    }
}
