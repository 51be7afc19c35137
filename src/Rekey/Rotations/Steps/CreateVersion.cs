using Rekey.Core;
using Rekey.Ledgers.Records;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;
using Rekey.Trust.Vaults;

namespace Rekey.Rotations.Steps;

/// <summary>Makes the new version. Exactly one becomes trusted, even after crashes and races.</summary>
public sealed class CreateVersion(
    IKeyVault vault,
    IPublicKeys publicKeys,
    TrustLedger trustLedger,
    RotationOptions options,
    TimeProvider timeProvider
)
{
    public async Task<bool> RunAsync(Lease<Rotation> lease, BoundKey key, CancellationToken cancellationToken)
    {
        // 1. If a process put its version on record before it crashed, use that one.
        if (await TakeRecordedAsync(lease, key, cancellationToken))
        {
            return true;
        }

        // 2. Save before the call: from here on a version may exist that is not on record.
        var now = timeProvider.GetUtcNow();
        await lease.SaveAsync(
            r => r with { RequestedAt = now, FirstRequestedAt = r.FirstRequestedAt ?? now, Attempt = r.Attempt + 1 },
            cancellationToken,
            RotationEvents.VersionRequested
        );

        // 3. Call the vault, for less than the lease.
        KeyVersion made;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(options.CallTimeout);
            made = await RotateAsync(key, cancellationToken, limit.Token);
        }
        catch (CannotContinueException e)
        {
            await lease.SaveAsync(r => r with { NoSuccessor = e.Reason, Refused = r.Refused + 1 }, cancellationToken);
            return true;
        }
        catch (RetryLaterException e) when (e.Untouched)
        {
            await lease.SaveAsync(r => r with { Refused = r.Refused + 1 }, cancellationToken);
            throw;
        }

        // 4. Put it on record: the ledger takes one version under this basis. A process that lost its lease learns here that it came too
        // late.
        var basis = BasisOf(lease.Value);
        var immediate = lease.Value.Urgency is Urgency.Immediate;
        var trusted = await trustLedger.TrustAsync(
            key.Key,
            made.Version,
            made.PublicKey.Thumbprint,
            immediate ? timeProvider.GetUtcNow() : null,
            basis,
            cancellationToken
        );
        if (!string.Equals(trusted.Version, made.Version, StringComparison.Ordinal))
        {
            // The next step looks at the version on record, with its own time limit.
            await vault.UpdateKeyPropertiesAsync(key.Key, made.Version, new(Enabled: false), cancellationToken);
            return true;
        }

        publicKeys.Remember(key.Key, made.Version, made.PublicKey);
        Adopt(lease, trusted.Version, trusted.Thumbprint, made.Created);
        return true;
    }

    /// <summary>Takes the version that the ledger has for this round; false when it has none.</summary>
    public async Task<bool> TakeRecordedAsync(Lease<Rotation> lease, BoundKey key, CancellationToken cancellationToken)
    {
        var history = await trustLedger.ReadAsync(cancellationToken);
        var basis = BasisOf(lease.Value);
        if (history.VersionsOf(key.Key.Id).FirstOrDefault(v => string.Equals(v.Basis, basis, StringComparison.Ordinal)) is not { } recorded)
        {
            return false;
        }

        KeyVersion read;
        try
        {
            read = await vault.GetKeyAsync(key.Key, recorded.Version, cancellationToken);
        }
        catch (CannotContinueException e)
        {
            // It was deleted meanwhile, or access is denied: containment does not wait for it.
            await lease.SaveAsync(r => r with { NoSuccessor = e.Reason }, cancellationToken);
            return true;
        }

        // It was made before the access of a person ended who left since: it counts as exposed, like any other old version.
        // A cancelled rotation trusts the old ones too, so it keeps it.
        var isExposed = lease.Value.CancelledAt is null && !lease.Value.IsMadeAfter(lease.Value.CoveredUntil, read.Created);
        if (isExposed || history.IsRevoked(recorded.Thumbprint))
        {
            await lease.SaveAsync(r => r.NextRound(), cancellationToken);
        }
        else
        {
            Adopt(lease, recorded.Version, recorded.Thumbprint, read.Created);
        }

        return true;
    }

    private static string BasisOf(Rotation rotation) => $"{rotation.Id}/{rotation.Round}";

    private async Task<KeyVersion> RotateAsync(BoundKey key, CancellationToken outer, CancellationToken limited)
    {
        try
        {
            return await vault.RotateKeyAsync(key.Key, limited);
        }
        catch (OperationCanceledException e) when (!outer.IsCancellationRequested)
        {
            throw new RetryLaterException($"The vault took longer than {options.CallTimeout} to rotate.", delay: null, e);
        }
    }

    /// <summary>Saves the new version, which the ledger already has under the basis of this round.</summary>
    private static void Adopt(Lease<Rotation> lease, string version, string thumbprint, DateTimeOffset created) =>
        lease.Set(r => r with { NewVersion = version, NewThumbprint = thumbprint, VersionCreatedAt = created, NoSuccessor = null });
}
