using Rekey.Decisions;
using Rekey.Ledgers.Records;
using Rekey.Trust;
using Rekey.Trust.Lists;
using Rekey.Trust.Publishing;

namespace Rekey.Rotations.Steps.Draining;

/// <summary>Stops old versions gracefully: only when none signs any more, or an approver has said so.</summary>
public sealed class DrainVersions(
    OldVersionUse use,
    StopSigning stop,
    PublishTrust publish,
    AskForDecision decisions,
    MarkRotationStuck stick,
    RotationOptions options,
    TimeProvider timeProvider
)
{
    public async Task<bool> RunAsync(Lease<Rotation> lease, BoundKey key, CancellationToken cancellationToken)
    {
        // 1. Publish which version is current: issuers learn it now, not when the old version is already stopped.
        await publish.PublishChangesAsync(cancellationToken);
        if (lease.Value.CurrentPublishedAt is null)
        {
            var at = timeProvider.GetUtcNow();
            await lease.SaveAsync(r => r with { CurrentPublishedAt = at }, cancellationToken);
        }

        // 2. Stop them when their time is over.
        var (rotation, now) = (lease.Value, timeProvider.GetUtcNow());
        var (seen, waitUntil) = await use.ReadAsync(rotation, key, now, cancellationToken);
        if (now >= waitUntil)
        {
            return await stop.RunAsync(lease, key, cancellationToken);
        }

        if (waitUntil is not null)
        {
            await lease.SaveAsync(r => r with { NextStepAt = waitUntil }, cancellationToken);
            return false;
        }

        // 3. If the log proves nothing, or old versions still sign, ask for a decision and show that the rotation waits.
        var decision = await AskAsync(rotation, key.Key, now, cancellationToken);
        if (decision.Outcome is DecisionState.Approved)
        {
            return await stop.RunAsync(lease, key, cancellationToken);
        }

        return await stick.RunAsync(
            lease,
            seen is SigningActivity.Some ? "old-versions-still-sign" : "no-proof-that-old-versions-are-unused",
            cancellationToken,
            decision
        );
    }

    /// <summary>Asks again some time after a no or no answer; otherwise the rotation would wait for ever.</summary>
    private Task<Decision> AskAsync(Rotation rotation, SigningKey key, DateTimeOffset now, CancellationToken cancellationToken) =>
        AskForDecision.AskAgainAsync(
            round =>
                decisions.AskAsync(
                    DecisionKinds.StopSigningWithoutEvidence,
                    key.Id,
                    $"Nothing proves that the issuer has moved from the old versions of {key.Id} to {rotation.NewVersion}. On yes "
                        + "they stop signing now: an issuer pinned to one of them fails at once. On no the rotation waits. "
                        + use.WouldHelp,
                    round == 0 ? $"{rotation.Id}/{rotation.Round}" : $"{rotation.Id}/{rotation.Round}/{round}",
                    [],
                    OnExpiry.Lapse,
                    cancellationToken
                ),
            mayAsk: decision => (decision.AnsweredAt ?? decision.DueAt) + options.AskAgainAfter <= now
        );
}
