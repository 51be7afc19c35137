using Rekey.Decisions;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>
/// The vault gives no new version. If the issuer has another key to sign with, containment goes on; if not, ending the trust is an outage,
/// and somebody has to say so, or say nothing: unanswered, it carries itself out.
/// </summary>
public sealed class ContainWithoutSuccessor(TrustLedger trustLedger, Estate estate, AskForDecision decisions, StopSigning stop, EndTrust end, StickRotation stick, TimeProvider clock)
{
    public async Task<bool> RunAsync(RotationLease lease, BoundKey key, CancellationToken cancel)
    {
        var rotation = lease.Rotation;
        var now = clock.GetUtcNow();
        var history = await trustLedger.ReadAsync(cancel);
        var other = estate.Keys.Any(k => k.Issuer.Name == key.Issuer.Name && !k.Key.Equals(key.Key) && TrustListMaker.CurrentOf(history.TrustedOf(k.Key.Id), now) is not null);
        if (!other)
        {
            var decision = await decisions.AskAsync(DecisionKinds.EndTrustWithoutSuccessor, key.Key.Id,
                $"{key.Key.Id} may be in the wrong hands and cannot be rotated ({rotation.NoSuccessor}). On yes its trust ends although issuer '{key.Issuer.Name}' has no other key: nobody can log in with it until it has one. On no a stolen key stays trusted. Unanswered, it is carried out.",
                $"{rotation.Id}/{rotation.Round}", [], OnExpiry.CarryOut, cancel);
            switch (decision.StateAt(now))
            {
                case DecisionState.Pending:
                    return await stick.RunAsync(lease, rotation.NoSuccessor!, cancel, decision);
                case DecisionState.Declined:
                    return await stick.RunAsync(lease, rotation.NoSuccessor!, cancel);
            }
        }

        await stop.RunAsync(lease, key, cancel);
        return await end.RunAsync(lease, key, lastToo: true, cancel);
    }
}
