using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Messaging;
using Rekey.Trust;

namespace Rekey.Rotations.Planning;

/// <summary>Finds every rotation whose next step is due, and enqueues it. This also recovers rotations whose message was lost.</summary>
public sealed class ResumeDueRotations(
    IRecords<Rotation> rotations,
    DecisionLedger decisions,
    RotationHints hints,
    IWorkQueue queue,
    GovernedKeys governedKeys,
    TimeProvider timeProvider
) : IDecisionHandler
{
    public IReadOnlyList<string> Kinds { get; } =
    [DecisionKinds.Rotate, DecisionKinds.EndTrustWithoutSuccessor, DecisionKinds.StopSigningWithoutEvidence];

    public Task CarryOutAsync(Decision decision, CancellationToken cancellationToken) =>
        queue.EnqueueRotationAsync(decision.About, delay: null, cancellationToken);

    /// <summary>How many were enqueued.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var due = 0;
        await foreach (var (read, _) in rotations.ListAsync(Rotation.Live, cancellationToken))
        {
            var rotation = hints.Bounded(read);
            if (
                rotation.IsActive
                && governedKeys.Governs(rotation.Key.Id)
                && !(rotation.LeaseUntil > now)
                && (!(rotation.NextStepAt > now) || await IsDecidedAsync(rotation, now, cancellationToken))
            )
            {
                await queue.EnqueueRotationAsync(rotation.Key.Id, delay: null, cancellationToken);
                due++;
            }
        }

        return due;
    }

    /// <summary>Whether a waiting cause has its answer, or its question has expired: it is due then, whatever the row says.</summary>
    private async Task<bool> IsDecidedAsync(Rotation rotation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var request in rotation.Waiting)
        {
            if (
                request.DecisionId is null
                || await decisions.FindAsync(request.DecisionId, now, cancellationToken) is { Outcome: not DecisionState.Pending }
            )
            {
                return true;
            }
        }

        return false;
    }
}
