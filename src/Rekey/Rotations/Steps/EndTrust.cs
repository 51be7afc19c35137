using Rekey.Findings;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;
using Rekey.Trust.Publishing;

namespace Rekey.Rotations.Steps;

/// <summary>Ends the trust of every old version and bars its thumbprint for ever. This is what kills a stolen key.</summary>
public sealed class EndTrust(TrustLedger trustLedger, PublishTrust publish, IFindings findings, TimeProvider timeProvider)
{
    /// <param name="lastToo">Whether the key may be left without a trusted version.</param>
    public async Task<bool> RunAsync(RotationLease lease, BoundKey key, bool lastToo, CancellationToken cancellationToken)
    {
        // 1. The bars, in the ledger: what was trusted, and what the vault showed besides.
        var rotation = lease.Rotation;
        var history = await trustLedger.ReadAsync(cancellationToken);
        var trusted = history.VersionsOf(key.Key.Id).Where(v => v.Version != rotation.NewVersion).Select(v => (v.Version, v.Thumbprint));
        var seen = rotation.OldVersions.Where(v => v.Thumbprint is not null).Select(v => (v.Version, Thumbprint: v.Thumbprint!));
        foreach (
            var (version, thumbprint) in trusted
                .Concat(seen)
                .Distinct()
                .Where(v => !history.IsBarred(v.Thumbprint) && v.Thumbprint != rotation.NewThumbprint)
        )
        {
            if (history.IsTrustedElsewhere(key.Key.Id, thumbprint))
            {
                await findings.RaiseAsync(
                    TrustFindings.TrustedElsewhere(key.Key, version, thumbprint, timeProvider.GetUtcNow()),
                    cancellationToken
                );
                continue;
            }

            await trustLedger.EndTrustAsync(key.Key, version, thumbprint, rotation.Id, lastToo, cancellationToken);
        }

        // 2. Out into the world, then on record: a process that comes after a crash publishes once more.
        await publish.PublishChangesAsync(cancellationToken);
        await lease.SaveAsync(r => r with { TrustEndedAt = timeProvider.GetUtcNow() }, cancellationToken);
        return true;
    }
}
