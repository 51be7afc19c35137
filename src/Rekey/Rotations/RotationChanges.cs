namespace Rekey.Rotations;

/// <summary>Changes a rotation by causes. Pure: a rotation in, a rotation out.</summary>
internal static class RotationChanges
{
    /// <summary>Adds a cause that needs a decision first.</summary>
    public static Rotation Park(this Rotation rotation, RotationRequest request) =>
        rotation.Knows(request.Cause) ? rotation : rotation with { Waiting = [.. rotation.Waiting, request] };

    /// <summary>
    /// Admits a cause. It widens a running rotation and can only make it more urgent; the rotation keeps its new version only if that was
    /// made after the person's access had ended. After a finished rotation it begins the next.
    /// </summary>
    public static Rotation Admit(this Rotation rotation, RotationRequest request, DateTimeOffset now)
    {
        var waiting = rotation.Waiting.Where(w => !string.Equals(w.Cause, request.Cause, StringComparison.Ordinal)).ToList();
        if (
            rotation.Causes.Contains(request.Cause, StringComparer.Ordinal)
            || rotation.PastCauses.Contains(request.Cause, StringComparer.Ordinal)
        )
        {
            return rotation with { Waiting = waiting };
        }

        // A cancelled rotation is not widened: the new cause needs all of a rotation.
        if (!rotation.IsRunning || rotation.CancelledAt is not null)
        {
            return new Rotation(rotation.Key, rotation.Causes.Count == 0 ? rotation.Number : rotation.Number + 1)
            {
                Waiting = waiting,
                Causes = [request.Cause],
                DecisionIds = WithDecision([], request),
                PastCauses = [.. rotation.PastCauses, .. rotation.Causes],
                Urgency = request.Urgency,
                CoveredUntil = request.CoveredUntil,
                StartedAt = now,
                ImmediateSince = request.Urgency is Urgency.Immediate ? now : null,
                NextStepAt = now,
                LeaseOwner = rotation.LeaseOwner,
                LeaseUntil = rotation.LeaseUntil,
            };
        }

        // A stuck rotation is retried at once. One that becomes more urgent is announced again: otherwise issuers would wait although the
        // new key is the only one left.
        var rises = request.Urgency > rotation.Urgency;
        var widened = (rotation.StuckReason is null ? rotation : rotation.TakeUpAgain()) with
        {
            Waiting = waiting,
            Causes = [.. rotation.Causes, request.Cause],
            DecisionIds = WithDecision(rotation.DecisionIds, request),
            Urgency = rises ? request.Urgency : rotation.Urgency,
            ImmediateSince =
                rises || (request.Urgency is Urgency.Immediate && rotation.TrustEndedAt is not null) ? now : rotation.ImmediateSince,
            AnnouncedAt = rises ? null : rotation.AnnouncedAt,
            CurrentPublishedAt = rises ? null : rotation.CurrentPublishedAt,
            CoveredUntil = request.CoveredUntil > rotation.CoveredUntil ? request.CoveredUntil : rotation.CoveredUntil,
            NextStepAt = now,
        };

        return rotation.VersionCreatedAt is { } made && !rotation.IsMadeAfter(request.CoveredUntil, made) ? widened.NextRound() : widened;
    }

    /// <summary>Removes a declined cause.</summary>
    public static Rotation Decline(this Rotation rotation, RotationRequest request) =>
        rotation with
        {
            Waiting = [.. rotation.Waiting.Where(w => !string.Equals(w.Cause, request.Cause, StringComparison.Ordinal))],
            PastCauses = [.. rotation.PastCauses, request.Cause],
        };

    /// <summary>
    /// Marks the causes that a worse one covers as dealt with, whether they wait or come later: an answer to them would only rotate once
    /// more.
    /// </summary>
    public static Rotation Supersede(this Rotation rotation, IReadOnlyList<string> causes) =>
        rotation with
        {
            Waiting = [.. rotation.Waiting.Where(w => !causes.Contains(w.Cause, StringComparer.Ordinal))],
            PastCauses = [.. rotation.PastCauses.Union(causes, StringComparer.Ordinal)],
        };

    /// <summary>Cancels it: the old versions stay trusted, and what is left to do is to make the new version current.</summary>
    public static Rotation Cancel(this Rotation rotation, string by, DateTimeOffset now) =>
        (rotation.StuckReason is null ? rotation : rotation.TakeUpAgain()) with
        {
            CancelledAt = now,
            CancelledBy = by,
            NextStepAt = now,
        };

    private static IReadOnlyList<string> WithDecision(IReadOnlyList<string> ids, RotationRequest request) =>
        request.DecisionId is null ? ids : [.. ids, request.DecisionId];

    /// <summary>Retries a stuck rotation: the vault may now allow what it refused.</summary>
    public static Rotation TakeUpAgain(this Rotation rotation) =>
        rotation with
        {
            StuckReason = null,
            NoSuccessor = null,
            SigningNotStopped = null,
            RequestedAt = rotation.NewVersion is null ? null : rotation.RequestedAt,
        };

    /// <summary>Makes the new version an old one: another new version is needed.</summary>
    public static Rotation NextRound(this Rotation rotation) =>
        rotation with
        {
            Round = rotation.Round + 1,
            RequestedAt = null,
            FirstRequestedAt = null,
            NewVersion = null,
            NewThumbprint = null,
            VersionCreatedAt = null,
            AnnouncedAt = null,
            CurrentPublishedAt = null,
            NoSuccessor = null,
            SigningStoppedAt = null,
            SigningNotStopped = null,
            TrustEndedAt = null,
            WorthlessAt = null,
            StuckReason = null,
        };
}
