using Rekey.Decisions;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>Finds every rotation whose next step has come due, and sends it on its way. What a lost message left behind is found here.</summary>
public sealed class TakeUpDueRotations(IRecords<Rotation> rotations, DecisionLedger decisions, RotationHints hints, IWorkQueue queue, Estate estate, TimeProvider clock)
    : IDecisionHandler
{
    public IReadOnlyList<string> Kinds { get; } = [DecisionKinds.Rotate, DecisionKinds.EndTrustWithoutSuccessor, DecisionKinds.StopSigningWithoutEvidence];

    public Task CarryOutAsync(Decision decision, CancellationToken cancel) => queue.EnqueueRotationAsync(decision.About, delay: null, cancel);

    /// <summary>How many were sent on.</summary>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var due = 0;
        await foreach (var (read, _) in rotations.ListAsync(Rotation.Live, cancel))
        {
            var rotation = hints.Bounded(read);
            if (rotation.IsActive && estate.Governs(rotation.Key.Id) && !(rotation.LeaseUntil > now)
                && (!(rotation.NextStepAt > now) || await IsDecidedAsync(rotation, now, cancel)))
            {
                await queue.EnqueueRotationAsync(rotation.Key.Id, delay: null, cancel);
                due++;
            }
        }

        return due;
    }

    /// <summary>Whether a cause that waited has its answer, or its question has expired: that is due whatever the row says.</summary>
    private async Task<bool> IsDecidedAsync(Rotation rotation, DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var request in rotation.Waiting)
        {
            if (request.DecisionId is null || await decisions.FindAsync(request.DecisionId, cancel) is { } decision && decision.StateAt(now) is not DecisionState.Pending)
            {
                return true;
            }
        }

        return false;
    }
}
