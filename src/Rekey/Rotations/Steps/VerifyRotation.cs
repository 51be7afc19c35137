using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;
using Rekey.Trust.Publishing;
using Rekey.Trust.Vaults;

namespace Rekey.Rotations.Steps;

/// <summary>Reads back what was done, at the vault and at the public address, and only then reports it.</summary>
public sealed class VerifyRotation(
    IKeyVault vault,
    IPublishedJwks published,
    GovernedKeys governedKeys,
    TrustLedger trustLedger,
    PublishTrust publish,
    ILedger ledger,
    IFindings findings,
    MarkRotationStuck stick,
    RotationOptions options,
    TrustOptions trust,
    TimeProvider timeProvider
)
{
    public async Task<bool> RunAsync(Lease<Rotation> lease, BoundKey key, CancellationToken cancellationToken)
    {
        // 1. The vault: only the new version can sign. A version that appeared meanwhile is an orphan of this rotation or was made by
        // another principal.
        await SweepVaultAsync(lease, key.Key, cancellationToken);

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
        if (
            key.Issuer.PublicJwksUri is { } address
            && await DisagreementAsync(address, key.Issuer, lease, cancellationToken) is { } disagreement
        )
        {
            return await WaitForJwksAsync(lease, disagreement, cancellationToken);
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

    private async Task SweepVaultAsync(Lease<Rotation> lease, SigningKey key, CancellationToken cancellationToken)
    {
        var items = await vault.GetPropertiesOfKeyVersionsAsync(key, cancellationToken);
        foreach (var item in items.Where(i => i.Enabled && i.Version != lease.Value.NewVersion))
        {
            var read = await vault.GetKeyAsync(key, item.Version, cancellationToken);
            if (read.CanSign)
            {
                await SweepAsync(lease, key, read, cancellationToken);
            }
        }

        await ReportStrangersAsync(lease.Value, key, items, cancellationToken);
    }

    /// <summary>Saves an orphan first, so that it is revoked with the others even if this process crashes in between.</summary>
    private async Task SweepAsync(Lease<Rotation> lease, SigningKey key, KeyVersion orphan, CancellationToken cancellationToken)
    {
        var old = new OldVersion(orphan.Version, orphan.PublicKey.Thumbprint, CanSign: false);
        await lease.SaveAsync(
            r => r with { OldVersions = [.. r.OldVersions.Where(v => v.Version != old.Version), old] },
            cancellationToken
        );
        await StopSigning.StopOrphanAsync(vault, ledger, lease.Value, key, orphan, cancellationToken);
    }

    private async Task ReportStrangersAsync(
        Rotation rotation,
        SigningKey key,
        IReadOnlyList<KeyVersionProperties> items,
        CancellationToken cancellationToken
    )
    {
        var history = await trustLedger.ReadAsync(cancellationToken);
        var strangers = items
            .Where(i => rotation.OldVersions.Any(v => v.Version == i.Version) && history.Find(key.Id, i.Version) is null)
            .ToList();
        if (strangers.Count > rotation.OrphansAtMost(history))
        {
            foreach (var stranger in strangers)
            {
                await findings.RaiseAsync(
                    RotationFindings.UnknownVersion(key, stranger, disabled: true, timeProvider.GetUtcNow()),
                    cancellationToken
                );
            }
        }
    }

    /// <summary>The mistake in the published keys, as the reason for which the rotation waits; null when there is none.</summary>
    private async Task<string?> DisagreementAsync(
        Uri address,
        IssuerBinding issuer,
        Lease<Rotation> lease,
        CancellationToken cancellationToken
    )
    {
        // Read the ledger afterwards: by then it has what another key's rotation has just published.
        var keys = await published.ReadAsync(address, cancellationToken);
        var history = await trustLedger.ReadAsync(cancellationToken);
        var now = timeProvider.GetUtcNow();
        if (lease.Value.SeenPublishedAt is not null || keys.Any(k => lease.Value.OldVersions.Any(v => v.Thumbprint == k.Thumbprint)))
        {
            // The old version was seen, so it may have been served until now.
            await lease.SaveAsync(r => r with { SeenPublishedAt = now }, cancellationToken);
        }

        var foreign = keys.Where(k => governedKeys.IsForeign(issuer, k.Thumbprint, history))
            .Select(k => k.Thumbprint.Length == 0 ? k.Kid : k.Thumbprint)
            .ToList();
        if (foreign.Count > 0)
        {
            await findings.RaiseAsync(
                TrustFindings.ForeignKeyPublished(issuer, address.GetLeftPart(UriPartial.Path), foreign, now),
                cancellationToken
            );
            return FindingKinds.ForeignKeyPublished;
        }

        return keys.Any(k => history.IsRevoked(k.Thumbprint)) || keys.All(k => k.Thumbprint != lease.Value.NewThumbprint)
            ? "published-jwks-lags"
            : null;
    }

    private async Task<bool> WaitForJwksAsync(Lease<Rotation> lease, string reason, CancellationToken cancellationToken)
    {
        if (timeProvider.GetUtcNow() >= lease.Value.TrustEndedAt + options.VerifyPatience)
        {
            return await stick.RunAsync(lease, reason, cancellationToken);
        }

        await publish.PublishChangesAsync(cancellationToken);
        await lease.SaveAsync(r => r with { NextStepAt = timeProvider.GetUtcNow() + TimeSpan.FromSeconds(1) }, cancellationToken);
        return false;
    }
}
