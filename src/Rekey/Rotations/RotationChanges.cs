namespace Rekey.Rotations;

/// <summary>How causes change a rotation. Pure: a rotation in, a rotation out.</summary>
internal static class RotationChanges
{
    /// <summary>A cause that must be decided first.</summary>
    public static Rotation Park(this Rotation rotation, RotationRequest request) =>
        rotation.Knows(request.Cause) ? rotation : rotation with { Waiting = [.. rotation.Waiting, request] };

    /// <summary>
    /// Takes a cause up. A running rotation is widened and can only become more urgent; it keeps its new version only if that was made
    /// after the person's access had ended. A finished one is followed by the next.
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

        if (!rotation.IsRunning)
        {
            return new Rotation(rotation.Key, rotation.Causes.Count == 0 ? rotation.Number : rotation.Number + 1)
            {
                Waiting = waiting,
                Causes = [request.Cause],
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

        // What is stuck is taken up again at once; what becomes more urgent is announced anew, or issuers would wait for a key that is the
        // only one left.
        var rises = request.Urgency > rotation.Urgency;
        var widened = (rotation.StuckReason is null ? rotation : rotation.TakeUpAgain()) with
        {
            Waiting = waiting,
            Causes = [.. rotation.Causes, request.Cause],
            Urgency = rises ? request.Urgency : rotation.Urgency,
            ImmediateSince =
                rises || (request.Urgency is Urgency.Immediate && rotation.TrustEndedAt is not null) ? now : rotation.ImmediateSince,
            AnnouncedAt = rises ? null : rotation.AnnouncedAt,
            CurrentPublishedAt = rises ? null : rotation.CurrentPublishedAt,
            CoveredUntil = request.CoveredUntil > rotation.CoveredUntil ? request.CoveredUntil : rotation.CoveredUntil,
            NextStepAt = now,
        };

        // Vault times are whole seconds: a version of the very second in which access ended could be in their hands.
        return rotation.VersionCreatedAt is { } made && made <= request.CoveredUntil ? widened.NextRound() : widened;
    }

    /// <summary>Removes a cause that was declined.</summary>
    public static Rotation Decline(this Rotation rotation, RotationRequest request) =>
        rotation with
        {
            Waiting = [.. rotation.Waiting.Where(w => !string.Equals(w.Cause, request.Cause, StringComparison.Ordinal))],
            PastCauses = [.. rotation.PastCauses, request.Cause],
        };

    /// <summary>Causes that say less than one that has come are dealt with, whether they wait or come later: an answer to them would rotate
    /// once more for nothing.</summary>
    public static Rotation Supersede(this Rotation rotation, IReadOnlyList<string> causes) =>
        rotation with
        {
            Waiting = [.. rotation.Waiting.Where(w => !causes.Contains(w.Cause, StringComparer.Ordinal))],
            PastCauses = [.. rotation.PastCauses.Union(causes, StringComparer.Ordinal)],
        };

    /// <summary>Takes a stuck rotation up again: what the vault refused may be allowed now.</summary>
    public static Rotation TakeUpAgain(this Rotation rotation) =>
        rotation with
        {
            StuckReason = null,
            NoSuccessor = null,
            SigningNotStopped = null,
            RequestedAt = rotation.NewVersion is null ? null : rotation.RequestedAt,
        };

    /// <summary>The new version has become an old one: a further one is needed.</summary>
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
