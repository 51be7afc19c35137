using Rekey.Core;
using Rekey.Decisions;
using Rekey.Departures;
using Rekey.Findings;
using Rekey.Trust;

namespace Rekey.Watchdogs;

/// <summary>Builds the findings of the watchdog.</summary>
internal static class WatchdogFindings
{
    private const string Look =
        "Check that Rekey reaches and can write tables, queues and the container of published documents (a lock, a "
        + "lease, a missing role), and that the kill switch is off. "
        + "Rekey goes on by itself when the cause is gone; until then treat tokens of the key as forged where you can.";

    internal static Finding Departure(Departure departure, SigningKey key, DateTimeOffset now) =>
        new(
            FindingKinds.DepartureNotCarriedOut,
            $"{departure.Id}/{key.Id}",
            Severity.Critical,
            $"{key.Id} is still trusted: the departure of {departure.PersonId} was confirmed at {departure.ConfirmedAt:u}, "
                + "and no rotation of the key has been planned.",
            Look,
            Facts.Of(("departure", departure.Id), ("person", departure.PersonId), ("key", key.Id)),
            departure.ConfirmedAt ?? now,
            now
        );

    /// <summary>The app has not yet read which keys the person had access to.</summary>
    internal static Finding Departure(Departure departure, bool isAssessed, DateTimeOffset now) =>
        new(
            FindingKinds.DepartureNotCarriedOut,
            departure.Id,
            isAssessed || departure.Looks > 0 ? Severity.High : Severity.Critical,
            isAssessed
                ? $"The departure of {departure.PersonId}, confirmed at {departure.ConfirmedAt:u}, is still open although "
                    + "all its keys are done."
                : $"The departure of {departure.PersonId} was confirmed at {departure.ConfirmedAt:u}. Rekey has not read in full which "
                    + "keys they had access to: keys that were not assessed are still trusted.",
            Look,
            Facts.Of(("departure", departure.Id), ("person", departure.PersonId), ("looks", $"{departure.Looks}")),
            departure.ConfirmedAt ?? now,
            now
        );

    /// <param name="what">What should have happened by now.</param>
    internal static Finding Rotation(
        SigningKey key,
        IReadOnlyList<string> trusted,
        string what,
        bool isUrgent,
        DateTimeOffset since,
        DateTimeOffset now
    ) =>
        new(
            FindingKinds.RotationNotCarriedOut,
            key.Id,
            isUrgent ? Severity.Critical : Severity.High,
            trusted.Count > 0
                ? $"{key.Id} is still trusted: {what} since {since:u}."
                : $"The rotation of {key.Id} makes no progress: {what} since {since:u}.",
            Look,
            Facts.Of(("key", key.Id), ("trustedVersions", string.Join(' ', trusted)), ("since", since.ToString("O"))),
            since,
            now
        );

    internal static Finding Decision(Decision decision, DateTimeOffset now) =>
        new(
            FindingKinds.DecisionNotCarriedOut,
            decision.Id,
            Severity.High,
            $"The time to answer a question about {decision.About} ended at {decision.ExpiresAt:u}, and the default outcome "
                + "was not carried out.",
            Look,
            Facts.Of(("decision", decision.Id), ("kind", decision.Kind), ("about", decision.About)),
            decision.ExpiresAt,
            now
        );

    internal static Finding Run(RegularRun run, DateTimeOffset last, DateTimeOffset now) =>
        new(
            FindingKinds.RunOverdue,
            run.What,
            Severity.High,
            $"{run.Without} It has not run since {last:u}.",
            $"Read the log of the function {run.Function}.",
            Facts.Of(("run", run.What), ("last", last.ToString("O"))),
            last,
            now
        );

    internal static Finding Publication(string keyId, DateTimeOffset since, DateTimeOffset now) =>
        new(
            FindingKinds.RevocationNotPublished,
            keyId,
            Severity.Critical,
            $"Verifiers of the published list still trust {keyId}: its revocation of {since:u} was not published.",
            Look,
            Facts.Of(("key", keyId), ("since", since.ToString("O"))),
            since,
            now
        );
}
