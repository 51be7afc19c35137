using Rekey.Core;
using Rekey.Findings;
using Rekey.Ledgers.Records;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;
using Rekey.Trust.Publishing;

namespace Rekey.Rotations.Steps;

/// <summary>Publishes the new version, and sets when issuers begin to sign with it.</summary>
public sealed class AnnounceVersion(
    TrustLedger trustLedger,
    PublishTrust publish,
    IFindings findings,
    RotationOptions options,
    TrustOptions trust,
    TimeProvider timeProvider
)
{
    public async Task<bool> RunAsync(Lease<Rotation> lease, BoundKey key, CancellationToken cancellationToken)
    {
        // 1. Verifiers first: an issuer must not sign with a key that is not published.
        var rotation = lease.Value;
        try
        {
            var publication = (await publish.PublishChangesAsync(cancellationToken)).With(key.Key, rotation.NewVersion);
            if (rotation.Urgency is Urgency.Graceful && publication.List.Keys.All(k => k.Thumbprint != rotation.NewThumbprint))
            {
                // The version is not in the list, as its finding says. Issuers must not use it; in an immediate rotation containment comes
                // first.
                throw new CannotContinueException(
                    FindingKinds.NewVersionNotPublished,
                    $"The vault's key under {rotation.NewVersion} is not the one that was made.",
                    "See the finding about it (`rekey findings list`), and rotate again."
                );
            }
        }
        catch (RetryLaterException e) when (rotation.Urgency is Urgency.Immediate && e.Reason is FindingKinds.CannotPublish)
        {
            // The container fails, not the version: this app serves its ledger's list, and containment does not wait.
        }
        catch (Exception e) when (rotation.Urgency is Urgency.Immediate && e is RetryLaterException or CannotContinueException)
        {
            return await WaitOrContainAsync(lease, e, cancellationToken);
        }

        // 2. Then issuers: at once, or after the announcement has reached all verifiers.
        var announced = timeProvider.GetUtcNow();
        var from = RotationPolicy.CurrentFrom(rotation, trust, announced);
        await trustLedger.MakeCurrentAsync(
            key.Key,
            rotation.NewVersion!,
            from,
            $"{rotation.Id}/{rotation.Round}/{rotation.Urgency}",
            cancellationToken
        );
        await lease.SaveAsync(r => r with { AnnouncedAt = announced }, cancellationToken);
        if (rotation.Urgency is Urgency.Graceful)
        {
            await publish.PublishChangesAsync(cancellationToken);
        }

        return true;
    }

    /// <summary>
    /// Waits for an unpublished new version as long as for the version itself. After that the rotation goes on without it, and
    /// containment proceeds.
    /// </summary>
    private async Task<bool> WaitOrContainAsync(Lease<Rotation> lease, Exception why, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (now < lease.Value.VersionCreatedAt + options.SuccessorPatience)
        {
            throw why as RetryLaterException ?? new RetryLaterException(why.Message, delay: null, why);
        }

        await findings.RaiseAsync(RotationFindings.NotPublished(lease.Value, why.Message, now), cancellationToken);
        await lease.SaveAsync(r => r with { NoSuccessor = FindingKinds.NewVersionNotPublished }, cancellationToken);
        return true;
    }
}
