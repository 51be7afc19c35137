using Rekey.Findings;
using Rekey.Ledgers.Records;
using Rekey.Rotations.Outcomes;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;
using Rekey.Trust.Publishing;

namespace Rekey.Rotations.Steps;

/// <summary>Revokes the thumbprint of every old version for ever. From then on a stolen key is refused.</summary>
public sealed class EndTrust(
    TrustLedger trustLedger,
    PublishTrust publish,
    EndedTokens endedTokens,
    IFindings findings,
    TimeProvider timeProvider
)
{
    /// <param name="lastToo">Whether the key may be left without a trusted version.</param>
    public async Task<bool> RunAsync(Lease<Rotation> lease, BoundKey key, bool lastToo, CancellationToken cancellationToken)
    {
        // 1. Save that trust ends before anything is revoked: a cancellation is on record before this, or it is refused.
        var now = timeProvider.GetUtcNow();
        await lease.SaveAsync(r => r.CancelledAt is null ? r with { TrustEndingAt = r.TrustEndingAt ?? now } : r, cancellationToken);
        if (lease.Value.CancelledAt is not null)
        {
            return true;
        }

        // 2. Revoke in the ledger: every trusted version, and every other old one that the vault showed.
        var rotation = lease.Value;
        var history = await trustLedger.ReadAsync(cancellationToken);
        var trusted = history.VersionsOf(key.Key.Id).Where(v => v.Version != rotation.NewVersion).Select(v => (v.Version, v.Thumbprint));
        var seen = rotation.OldVersions.Where(v => v.Thumbprint is not null).Select(v => (v.Version, Thumbprint: v.Thumbprint!));
        foreach (
            var (version, thumbprint) in trusted
                .Concat(seen)
                .Distinct()
                .Where(v => !history.IsRevoked(v.Thumbprint) && v.Thumbprint != rotation.NewThumbprint)
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

        // 3. Publish and report the tokens that end, then put it on record: after a crash the next process does both once more.
        await publish.PublishChangesAsync(cancellationToken);
        await endedTokens.ReportAsync(rotation, await trustLedger.ReadAsync(cancellationToken), cancellationToken);
        await lease.SaveAsync(r => r with { TrustEndedAt = timeProvider.GetUtcNow() }, cancellationToken);
        return true;
    }
}
