using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Trust.History;
using Rekey.Trust.Lists;
using Rekey.Trust.Publishing;
using Rekey.Trust.Vaults;

namespace Rekey.Rotations.Steps;

/// <summary>
/// Closes a cancelled rotation: the new version, if there is one, is published as the current one, and the old ones stay trusted.
/// </summary>
public sealed class CloseCancelled(
    IKeyVault vault,
    TrustLedger trustLedger,
    PublishTrust publish,
    ILedger ledger,
    IFindings findings,
    TimeProvider timeProvider
)
{
    public async Task<bool> RunAsync(Lease<Rotation> lease, BoundKey key, CancellationToken cancellationToken)
    {
        // 1. Publish what the ledger has.
        await publish.PublishChangesAsync(cancellationToken);

        // 2. Disable versions that a request made and that are not on record: they must not be trusted.
        var history = await trustLedger.ReadAsync(cancellationToken);
        var atMost = lease.Value.OrphansAtMost(history);
        var unknown = atMost <= 0 ? [] : await UnknownAsync(key, history, cancellationToken);
        foreach (var item in unknown)
        {
            var orphan = await vault.GetKeyAsync(key.Key, item.Version, cancellationToken);
            await StopSigning.StopOrphanAsync(vault, ledger, lease.Value, key.Key, orphan, cancellationToken);
            if (unknown.Count > atMost)
            {
                await findings.RaiseAsync(
                    RotationFindings.UnknownVersion(key.Key, item, disabled: true, timeProvider.GetUtcNow()),
                    cancellationToken
                );
            }
        }

        // 3. Put it on record.
        foreach (var kind in new[] { FindingKinds.RotationStuck, FindingKinds.NewVersionNotPublished })
        {
            await findings.CloseAsync(Finding.IdOf(kind, lease.Value.Id), "The rotation was cancelled.", cancellationToken);
        }
        var now = timeProvider.GetUtcNow();
        await lease.SaveAsync(r => r with { ClosedAt = now }, cancellationToken);
        return true;
    }

    private async Task<IReadOnlyList<KeyVersionProperties>> UnknownAsync(
        BoundKey key,
        TrustHistory history,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await vault.GetPropertiesOfKeyVersionsAsync(key.Key, cancellationToken)).Where(i =>
                i.Enabled && history.Find(key.Key.Id, i.Version) is null
            ),
        ];
}
