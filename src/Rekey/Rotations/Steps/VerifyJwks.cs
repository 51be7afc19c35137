using Rekey.Findings;
using Rekey.Ledgers.Records;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Publishing;

namespace Rekey.Rotations.Steps;

/// <summary>Checks at the public address of an issuer's JWKS that it has the new version and no revoked one.</summary>
public sealed class VerifyJwks(
    IPublishedJwks published,
    GovernedKeys governedKeys,
    TrustLedger trustLedger,
    PublishTrust publish,
    IFindings findings,
    MarkRotationStuck stick,
    RotationOptions options,
    TimeProvider timeProvider
)
{
    /// <returns>Null when it is right, or has no public address; otherwise whether the rotation may go on at once.</returns>
    public async Task<bool?> RunAsync(Lease<Rotation> lease, IssuerBinding issuer, CancellationToken cancellationToken) =>
        issuer.PublicJwksUri is { } address && await DisagreementAsync(address, issuer, lease, cancellationToken) is { } disagreement
            ? await WaitForJwksAsync(lease, disagreement, cancellationToken)
            : null;

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
