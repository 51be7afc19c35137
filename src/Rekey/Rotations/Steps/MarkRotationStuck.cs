using Rekey.Decisions;
using Rekey.Findings;
using Rekey.Ledgers.Records;

namespace Rekey.Rotations.Steps;

/// <summary>Marks a rotation as stuck, in a finding and in the ledger, and sets when it is retried.</summary>
public sealed class MarkRotationStuck(IFindings findings, RotationOptions options, TimeProvider timeProvider)
{
    /// <summary>Always false: nothing more can be done now.</summary>
    /// <param name="decision">The decision that would let it go on.</param>
    public async Task<bool> RunAsync(Lease<Rotation> lease, string reason, CancellationToken cancellationToken, Decision? decision = null)
    {
        var rotation = lease.Value;
        var now = timeProvider.GetUtcNow();
        await findings.RaiseAsync(RotationFindings.Stuck(rotation, reason, now), cancellationToken);
        var again = now + options.StuckRetry;
        await lease.SaveAsync(
            r =>
                r with
                {
                    StuckReason = reason,
                    DecisionId = decision?.Id,
                    NextStepAt = decision?.DueAt > now && decision.DueAt < again ? decision.DueAt : again,
                },
            cancellationToken,
            RotationEvents.Stuck
        );
        return false;
    }
}
