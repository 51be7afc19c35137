using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>Reads back what was done, at the vault and at the public address, and only then says so.</summary>
public sealed class VerifyRotation(IKeyVault vault, IPublishedJwks published, TrustLedger trustLedger, PublishTrust publish, ILedger ledger, IFindings findings,
    StickRotation stick, RotationOptions options, TrustOptions trust, TimeProvider clock)
{
    public async Task<bool> RunAsync(RotationLease lease, BoundKey key, CancellationToken cancel)
    {
        // 1. The vault: nothing but the new version can sign. What appeared meanwhile is an orphan of ours or somebody's own.
        var rotation = lease.Rotation;
        await SweepVaultAsync(rotation, key.Key, cancel);

        // 2. The bars.
        var history = await trustLedger.ReadAsync(cancel);
        if (rotation.OldVersions.Any(v => v.Thumbprint is not null && !history.IsBarred(v.Thumbprint) && v.Thumbprint != rotation.NewThumbprint))
        {
            await lease.SaveAsync(r => r with { TrustEndedAt = null }, cancel);
            return true;
        }

        // 3. The JWKS at its public address, as a verifier sees it.
        if (key.Issuer.PublicJwksUri is { } address && await DisagreesAsync(address, rotation, history, cancel))
        {
            return await WaitForJwksAsync(lease, cancel);
        }

        // 4. Said, with the time at which the slowest verifier has forgotten.
        var now = clock.GetUtcNow();
        await ledger.AppendAsync(new($"rotation-verified/{rotation.Id}/{rotation.Round}", LedgerKinds.RotationVerified, key.Key.Id, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["rotation"] = rotation.Id,
            ["newVersion"] = rotation.NewVersion!,
            ["oldVersions"] = string.Join(' ', rotation.OldVersions.Select(v => v.Version)),
            ["trustEndedAt"] = rotation.TrustEndedAt!.Value.ToString("O"),
            ["worthlessAt"] = RotationPolicy.WorthlessAt(rotation, trust)!.Value.ToString("O"),
        }), cancel);
        await lease.SaveAsync(r => r with { VerifiedAt = now }, cancel);
        return true;
    }

    private async Task SweepVaultAsync(Rotation rotation, SigningKey key, CancellationToken cancel)
    {
        foreach (var item in await vault.GetPropertiesOfKeyVersionsAsync(key, cancel))
        {
            if (!item.Enabled || item.Version == rotation.NewVersion)
            {
                continue;
            }

            if (!(await vault.GetKeyAsync(key, item.Version, cancel)).CanSign)
            {
                continue;
            }

            await StopSigning.StopOneAsync(vault, key, item.Version, cancel);
            await ledger.AppendAsync(new($"orphan-disabled/{key.Id}/{item.Version}", LedgerKinds.OrphanDisabled, key.Id, new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["rotation"] = rotation.Id,
                ["version"] = item.Version,
            }), cancel);
            if (rotation.Attempt < 2)
            {
                // One attempt, one answer: this version is nobody's orphan.
                await findings.RaiseAsync(RotationFindings.UnknownVersion(key, item, disabled: true, clock.GetUtcNow()), cancel);
            }
        }
    }

    private async Task<bool> DisagreesAsync(Uri address, Rotation rotation, TrustHistory history, CancellationToken cancel)
    {
        var keys = await published.ReadAsync(address, cancel);
        return keys.Any(k => history.IsBarred(k.Thumbprint)) || keys.All(k => k.Thumbprint != rotation.NewThumbprint);
    }

    private async Task<bool> WaitForJwksAsync(RotationLease lease, CancellationToken cancel)
    {
        if (clock.GetUtcNow() >= lease.Rotation.TrustEndedAt + options.VerifyPatience)
        {
            return await stick.RunAsync(lease, "published-jwks-lags", cancel);
        }

        await publish.PublishAsync(cancel);
        await lease.SaveAsync(r => r with { NextStepAt = clock.GetUtcNow() + TimeSpan.FromSeconds(1) }, cancel);
        return false;
    }
}
