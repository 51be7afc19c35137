using Rekey.Decisions;
using Rekey.Ledgers.Records;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;

namespace Rekey.Rotations.Steps;

/// <summary>
/// Handles a vault that gives no new version. If the issuer has another key to sign with, containment goes on. If not, revoking the key
/// is an outage and needs a decision; unanswered, it is carried out.
/// </summary>
public sealed class ContainWithoutSuccessor(
    TrustLedger trustLedger,
    GovernedKeys governedKeys,
    AskForDecision decisions,
    StopSigning stop,
    EndTrust end,
    MarkRotationStuck stick,
    TimeProvider timeProvider
)
{
    public async Task<bool> RunAsync(Lease<Rotation> lease, BoundKey key, CancellationToken cancellationToken)
    {
        var rotation = lease.Value;
        var now = timeProvider.GetUtcNow();
        var history = await trustLedger.ReadAsync(cancellationToken);
        var other = governedKeys.Keys.Any(k =>
            k.Issuer.Name == key.Issuer.Name && !k.Key.Equals(key.Key) && history.CurrentOf(k.Key.Id, now) is not null
        );
        if (!other)
        {
            // A question that was taken back, because the key had a new version in between, is asked again.
            var decision = await AskForDecision.AskAgainAsync(
                round => AskAsync(rotation, key, round, cancellationToken),
                mayAsk: d => d.State is DecisionState.Withdrawn
            );
            switch (decision.Outcome)
            {
                case DecisionState.Pending:
                    return await stick.RunAsync(lease, rotation.NoSuccessor!, cancellationToken, decision);
                case DecisionState.Declined:
                    return await stick.RunAsync(lease, rotation.NoSuccessor!, cancellationToken);
            }
        }

        await stop.RunAsync(lease, key, cancellationToken);
        return await end.RunAsync(lease, key, lastToo: true, cancellationToken);
    }

    private Task<Decision> AskAsync(Rotation rotation, BoundKey key, int round, CancellationToken cancellationToken) =>
        decisions.AskAsync(
            DecisionKinds.EndTrustWithoutSuccessor,
            key.Key.Id,
            $"{key.Key.Id} may be stolen and cannot be rotated ({rotation.NoSuccessor}). On yes it is revoked "
                + $"although issuer '{key.Issuer.Name}' has no other key: logins with it fail until it has one. On no a "
                + "stolen key stays trusted. Without an answer it is revoked.",
            round == 0 ? $"{rotation.Id}/{rotation.Round}" : $"{rotation.Id}/{rotation.Round}/{round}",
            [],
            OnExpiry.CarryOut,
            cancellationToken
        );
}
