using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Ledgers.Records;
using Rekey.Messaging;
using Rekey.Rotations;
using Rekey.Rotations.Planning;

namespace Rekey.Departures.Cancelling;

/// <summary>
/// Cancels a rotation for an approver who did not start it, until trust in its old versions ends. The old versions stay trusted, and the
/// new one stays and becomes current. The ledger orders the cancellation and the end of trust: one of the two comes first.
/// </summary>
public sealed class CancelRotation(
    ILedgerRecords<Rotation> rotations,
    IRecords<Departure> departures,
    DecisionLedger decisions,
    IActorStanding standing,
    IWorkQueue queue,
    TimeProvider timeProvider
)
{
    /// <summary>Cancels the rotation. Repeating it is harmless.</summary>
    /// <param name="routeId">The rotation's <see cref="Rotation.RouteId"/>.</param>
    /// <param name="by">Object id of the approver.</param>
    public async Task<CancelOutcome> CancelAsync(string routeId, string by, CancellationToken cancellationToken)
    {
        while (true)
        {
            // 1. Read the rotation and check that it may be cancelled, by this person.
            var row = routeId[..Math.Max(0, routeId.LastIndexOf('~'))];
            if (row.Length == 0 || await rotations.FindAsync(Rotation.Live, row, cancellationToken) is not { } read)
            {
                return new(Rotation: null, CancelRefusal.NotFound);
            }

            if (await RefusalAsync(read.Value, routeId, by, cancellationToken) is { } refusal)
            {
                return new(read.Value, refusal);
            }

            if (read.Value.CancelledAt is not null)
            {
                return new(read.Value, Refusal: null);
            }

            // 2. Put it on record, if the record has not changed since: trust may have begun to end.
            var cancelled = read.Value.Cancel(by, timeProvider.GetUtcNow());
            if (await rotations.ReplaceAsync(read, cancelled, RotationEvents.Cancelled(cancelled, by), cancellationToken) is not null)
            {
                // 3. The new version becomes current; if this message is lost, the timer finds the rotation.
                await queue.EnqueueRotationAsync(cancelled.Key.Id, delay: null, cancellationToken);
                return new(cancelled, Refusal: null);
            }
        }
    }

    private async Task<CancelRefusal?> RefusalAsync(Rotation rotation, string routeId, string by, CancellationToken cancellationToken)
    {
        if (!string.Equals(rotation.RouteId, routeId, StringComparison.Ordinal))
        {
            return rotation.IsEarlier(routeId) ? CancelRefusal.CannotBeUndone : CancelRefusal.NotFound;
        }

        if (await standing.HasOpenDepartureAsync(by, cancellationToken))
        {
            return CancelRefusal.DepartureIsOpen;
        }

        if (rotation.Causes.Count == 0)
        {
            return CancelRefusal.NotStarted;
        }

        if (rotation.CancelledAt is not null)
        {
            return null;
        }

        if (rotation.TrustEndingAt is not null || !rotation.IsRunning)
        {
            return CancelRefusal.CannotBeUndone;
        }

        foreach (var id in rotation.DecisionIds)
        {
            if (
                await decisions.FindAsync(id, cancellationToken) is { } decision
                && IsOneOf(by, [.. decision.Initiators, decision.AnsweredBy])
            )
            {
                return CancelRefusal.StartedByCaller;
            }
        }

        foreach (var cause in rotation.Causes)
        {
            if (RotationCause.IsProvenForgery(cause))
            {
                return CancelRefusal.Forged;
            }

            var departure = RotationCause.DepartureOf(cause) is { } departureId
                ? (await departures.FindAsync("departure", departureId, cancellationToken))?.Value
                : null;
            if (departure?.Hostile is true)
            {
                return CancelRefusal.Hostile;
            }

            if (departure is not null && IsOneOf(by, [departure.PersonId, .. departure.Sources.Select(s => s.Reporter)]))
            {
                return CancelRefusal.StartedByCaller;
            }
        }

        return null;
    }

    private static bool IsOneOf(string person, IReadOnlyList<string?> people) => people.Contains(person, StringComparer.OrdinalIgnoreCase);
}
