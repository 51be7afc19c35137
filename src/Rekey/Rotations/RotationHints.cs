using Rekey.Decisions;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>
/// Filters the hints in a rotation's row. Anyone who can write the row can put any time there. A lease or due time further away than
/// Rekey ever writes is ignored, so a row delays a rotation no longer than Rekey itself would.
/// </summary>
public sealed class RotationHints(RotationOptions options, TrustOptions trust, DecisionOptions decisions, TimeProvider timeProvider)
{
    /// <summary>The rotation with the accepted hints.</summary>
    public Rotation Bounded(Rotation rotation)
    {
        var now = timeProvider.GetUtcNow();
        return rotation with
        {
            NextStepAt = rotation.NextStepAt > now + LongestWait(rotation) ? now : rotation.NextStepAt,
            LeaseUntil = rotation.LeaseUntil > now + options.Lease ? null : rotation.LeaseUntil,
        };
    }

    /// <summary>The longest wait between two steps of this rotation.</summary>
    public TimeSpan LongestWait(Rotation rotation) =>
        rotation is { IsRunning: true, Urgency: Urgency.Immediate, TrustEndedAt: null, Waiting.Count: 0 }
            ? options.StuckRetry
            : new[]
            {
                options.StuckRetry,
                trust.AnnounceTime,
                KeyRetention.Of(trust),
                trust.JwksMaxAge + (2 * options.LogLag),
                options.AssumeDrainedAfter ?? TimeSpan.Zero,
                decisions.TimeToAnswer,
            }.Max();
}
