using Rekey.Findings;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>Ends the trust of every old version and bars its thumbprint for ever. This is what kills a stolen key.</summary>
public sealed class EndTrust(TrustLedger trustLedger, PublishTrust publish, IFindings findings, TimeProvider clock)
{
    /// <param name="lastToo">Whether the key may be left without a trusted version.</param>
    public async Task<bool> RunAsync(RotationLease lease, BoundKey key, bool lastToo, CancellationToken cancel)
    {
        // 1. The bars, in the ledger: what was trusted, and what the vault showed besides.
        var rotation = lease.Rotation;
        var history = await trustLedger.ReadAsync(cancel);
        var trusted = history.VersionsOf(key.Key.Id).Where(v => v.Version != rotation.NewVersion).Select(v => (v.Version, v.Thumbprint));
        var seen = rotation.OldVersions.Where(v => v.Thumbprint is not null).Select(v => (v.Version, Thumbprint: v.Thumbprint!));
        foreach (var (version, thumbprint) in trusted.Concat(seen).Distinct().Where(v => !history.IsBarred(v.Thumbprint) && v.Thumbprint != rotation.NewThumbprint))
        {
            if (history.IsTrustedElsewhere(key.Key.Id, thumbprint))
            {
                await findings.RaiseAsync(RotationFindings.TrustedElsewhere(key.Key, version, thumbprint, clock.GetUtcNow()), cancel);
                continue;
            }

            await trustLedger.EndTrustAsync(key.Key, version, thumbprint, rotation.Id, lastToo, cancel);
        }

        // 2. Out into the world, then on record: a process that comes after a crash publishes once more.
        await publish.PublishChangesAsync(cancel);
        await lease.SaveAsync(r => r with { TrustEndedAt = clock.GetUtcNow() }, cancel);
        return true;
    }
}
