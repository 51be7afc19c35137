using Rekey.Decisions;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>
/// Which hints of a rotation count. Anybody who can write its row can put any time there: a lease or a due time further away than Rekey
/// ever writes one does not count, so a row holds a rotation up for no longer than Rekey itself would.
/// </summary>
public sealed class RotationHints(RotationOptions options, TrustOptions trust, DecisionOptions decisions, TimeProvider timeProvider)
{
    /// <summary>The rotation with the hints that count.</summary>
    public Rotation Bounded(Rotation rotation)
    {
        var now = timeProvider.GetUtcNow();
        return rotation with
        {
            NextStepAt = rotation.NextStepAt > now + LongestWait(rotation) ? now : rotation.NextStepAt,
            LeaseUntil = rotation.LeaseUntil > now + options.Lease ? null : rotation.LeaseUntil,
        };
    }

    /// <summary>The longest that Rekey ever waits between two steps of this rotation.</summary>
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
