using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Vaults;

namespace Rekey.Rotations.Steps;

/// <summary>Checks in the vault that only the new version of a key can sign, and stops a version that appeared meanwhile.</summary>
public sealed class VerifyVault(IKeyVault vault, TrustLedger trustLedger, ILedger ledger, IFindings findings, TimeProvider timeProvider)
{
    public async Task RunAsync(Lease<Rotation> lease, SigningKey key, CancellationToken cancellationToken)
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
}
