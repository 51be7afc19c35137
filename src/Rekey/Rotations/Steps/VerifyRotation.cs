using Rekey.Findings;
using Rekey.Ledgers.Records;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;

namespace Rekey.Rotations.Steps;

/// <summary>Reads back what was done, at the vault and at the public address, and only then reports it.</summary>
public sealed class VerifyRotation(
    VerifyVault vault,
    VerifyJwks jwks,
    TrustLedger trustLedger,
    IFindings findings,
    TrustOptions trust,
    TimeProvider timeProvider
)
{
    public async Task<bool> RunAsync(Lease<Rotation> lease, BoundKey key, CancellationToken cancellationToken)
    {
        // 1. The vault: only the new version can sign. A version that appeared meanwhile is an orphan of this rotation or was made by
        // another principal.
        await vault.RunAsync(lease, key.Key, cancellationToken);

        // 2. The revocations: every version that the ledger has as trusted, and every other old one in the vault.
        var rotation = lease.Value;
        var history = await trustLedger.ReadAsync(cancellationToken);
        var old = history
            .TrustedOf(key.Key.Id)
            .Where(v => v.Version != rotation.NewVersion)
            .Select(v => v.Thumbprint)
            .Concat(rotation.OldVersions.Select(v => v.Thumbprint).OfType<string>())
            .Where(t => t != rotation.NewThumbprint);
        if (old.Any(t => !history.IsRevoked(t) && !history.IsTrustedElsewhere(key.Key.Id, t)))
        {
            await lease.SaveAsync(r => r with { TrustEndedAt = null }, cancellationToken);
            return true;
        }

        // 3. The JWKS at its public address, as a verifier sees it.
        if (await jwks.RunAsync(lease, key.Issuer, cancellationToken) is { } goesOn)
        {
            return goesOn;
        }

        // 4. Report it, with the time at which the slowest verifier has dropped the old versions.
        var now = timeProvider.GetUtcNow();
        foreach (var kind in new[] { FindingKinds.RotationStuck, FindingKinds.NewVersionNotPublished })
        {
            await findings.CloseAsync(Finding.IdOf(kind, rotation.Id), "The rotation was resumed and verified.", cancellationToken);
        }
        await lease.SaveAsync(
            r => r with { VerifiedAt = now, WorthlessAt = RotationPolicy.WorthlessAt(r, trust) },
            cancellationToken,
            RotationEvents.Verified
        );
        return true;
    }
}
