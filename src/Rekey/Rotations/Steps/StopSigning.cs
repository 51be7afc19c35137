using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;
using Rekey.Trust.Publishing;
using Rekey.Trust.Vaults;

namespace Rekey.Rotations.Steps;

/// <summary>
/// Stops old versions from signing. A version that also protects data loses only that operation; Rekey never deletes one.
/// </summary>
public sealed class StopSigning(IKeyVault vault, TrustLedger trustLedger, PublishTrust publish, TimeProvider timeProvider)
{
    public async Task<bool> RunAsync(Lease<Rotation> lease, BoundKey key, CancellationToken cancellationToken)
    {
        // 1. Refuse tokens with a later iat, for every old trusted version.
        var rotation = lease.Value;
        var now = timeProvider.GetUtcNow();
        var history = await trustLedger.ReadAsync(cancellationToken);
        var old = history.TrustedOf(key.Key.Id).Where(v => v.Version != rotation.NewVersion).ToList();
        foreach (var version in old)
        {
            await trustLedger.EndIssuanceAsync(key.Key, version.Version, version.Thumbprint, now, rotation.Id, cancellationToken);
        }

        // 2. Stop every version in the vault but the new one. A refusal is kept as the reason; the version is revoked nevertheless.
        string? refused = null;
        var (seen, stopped) = (new List<KeyVersion>(), new HashSet<string>(StringComparer.Ordinal));
        try
        {
            refused = await ReadAsync(key.Key, rotation, seen, cancellationToken);
            await SaveUnknownAsync(lease, key.Key, history, seen, cancellationToken);
            refused = await StopAllAsync(key.Key, seen, stopped, cancellationToken) ?? refused;
        }
        catch (CannotContinueException e)
        {
            refused = e.Reason;
        }
        catch (RetryLaterException) when (rotation is { Urgency: Urgency.Immediate, TrustEndedAt: null })
        {
            // The vault cannot be reached: containment does not wait for it; the vault is retried afterwards.
            refused = VaultReasons.Unreachable;
        }

        // 3. Put it on record, and publish it (where tokens stay valid).
        var known = old.Select(v => new OldVersion(v.Version, v.Thumbprint, CanSign: refused is not null))
            .Concat(seen.Select(v => new OldVersion(v.Version, v.PublicKey.Thumbprint, v.CanSign && !stopped.Contains(v.Version))));
        await lease.SaveAsync(
            r =>
                r with
                {
                    SigningStoppedAt = refused is null ? now : null,
                    SigningNotStopped = refused,
                    OldVersions = [.. r.OldVersions.Concat(known).GroupBy(v => v.Version, StringComparer.Ordinal).Select(Merge)],
                },
            cancellationToken,
            refused is null ? RotationEvents.SigningStopped : null
        );
        if (rotation.Urgency is Urgency.Graceful)
        {
            await publish.PublishChangesAsync(cancellationToken);
        }

        return true;
    }

    private static OldVersion Merge(IGrouping<string, OldVersion> same) =>
        new(same.Key, same.Select(v => v.Thumbprint).FirstOrDefault(t => t is not null), same.Last().CanSign);

    /// <summary>Reads every enabled version but the new one; returns the first refusal, and goes on with the versions after it.</summary>
    private async Task<string?> ReadAsync(SigningKey key, Rotation rotation, List<KeyVersion> seen, CancellationToken cancellationToken)
    {
        string? refused = null;
        foreach (
            var item in (await vault.GetPropertiesOfKeyVersionsAsync(key, cancellationToken)).Where(i =>
                i.Enabled && i.Version != rotation.NewVersion
            )
        )
        {
            try
            {
                seen.Add(await vault.GetKeyAsync(key, item.Version, cancellationToken));
            }
            catch (CannotContinueException e)
            {
                refused ??= e.Reason;
            }
        }

        return refused;
    }

    /// <summary>
    /// Saves a version that is nowhere on record before it is disabled: after a crash another process reads enabled versions only,
    /// and must revoke this one too.
    /// </summary>
    private static async Task SaveUnknownAsync(
        Lease<Rotation> lease,
        SigningKey key,
        TrustHistory history,
        List<KeyVersion> seen,
        CancellationToken cancellationToken
    )
    {
        var unknown = seen.Where(v => history.Find(key.Id, v.Version) is null && lease.Value.OldVersions.All(o => o.Version != v.Version))
            .Select(v => new OldVersion(v.Version, v.PublicKey.Thumbprint, v.CanSign))
            .ToList();
        if (unknown.Count > 0)
        {
            await lease.SaveAsync(r => r with { OldVersions = [.. r.OldVersions, .. unknown] }, cancellationToken);
        }
    }

    /// <summary>Stops every version that it can; returns the first refusal, and goes on with the versions after it.</summary>
    private async Task<string?> StopAllAsync(
        SigningKey key,
        List<KeyVersion> seen,
        HashSet<string> stopped,
        CancellationToken cancellationToken
    )
    {
        string? refused = null;
        foreach (var version in seen)
        {
            try
            {
                await StopOneAsync(vault, key, version, cancellationToken);
                stopped.Add(version.Version);
            }
            catch (CannotContinueException e)
            {
                refused ??= e.Reason;
            }
        }

        return refused;
    }

    /// <summary>
    /// Disables one version, or removes <c>sign</c> from it where it also encrypts or wraps: data under it must stay readable.
    /// </summary>
    internal static async Task StopOneAsync(IKeyVault vault, SigningKey key, KeyVersion read, CancellationToken cancellationToken)
    {
        if (read.CanSign)
        {
            await vault.UpdateKeyPropertiesAsync(
                key,
                read.Version,
                read.Protects ? new(Operations: [.. read.Operations.Where(o => o != "sign")]) : new(Enabled: false),
                cancellationToken
            );
        }
    }

    /// <summary>Stops a version from signing that a request of this rotation made and that is not on record, and records that.</summary>
    internal static async Task StopOrphanAsync(
        IKeyVault vault,
        ILedger ledger,
        Rotation rotation,
        SigningKey key,
        KeyVersion orphan,
        CancellationToken cancellationToken
    )
    {
        await StopOneAsync(vault, key, orphan, cancellationToken);
        await ledger.AppendAsync(
            new(
                $"orphan-disabled/{key.Id}/{orphan.Version}",
                LedgerKinds.OrphanDisabled,
                key.Id,
                Facts.Of(("rotation", rotation.Id), ("version", orphan.Version))
            ),
            cancellationToken
        );
    }
}
