using System.Text.Json;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Ledgers;
using Rekey.Rotations.Outcomes;

namespace Rekey.Departures;

/// <summary>Builds the ledger's lines about departures.</summary>
internal static class DepartureEvents
{
    public static LedgerEvent Noticed(Departure departure, DepartureSource source) => Of(LedgerKinds.DepartureNoticed, departure, source);

    public static LedgerEvent SourceAdded(Departure departure, DepartureSource source) =>
        Of(LedgerKinds.DepartureSourceAdded, departure, source);

    /// <param name="why">Why a brake asked for a decision; null when none did.</param>
    public static LedgerEvent Assessed(Departure departure, IReadOnlyList<PlannedResponse> plan, string? why) =>
        new(
            LedgerKinds.DepartureAssessed,
            departure.Id,
            Facts.Of(
                ("person", departure.PersonId),
                ("exposed", string.Join(' ', plan.Select(r => $"{r.KeyId}={r.Urgency}/{r.Mode}"))),
                ("brake", why ?? "")
            )
        );

    /// <param name="recorded">What the ledger has about its causes.</param>
    public static LedgerEvent Settled(Departure departure, RecordedRotations recorded) =>
        new(
            LedgerKinds.DepartureSettled,
            departure.Id,
            Facts.Of(
                ("keys", string.Join(' ', departure.Plan.Select(p => p.KeyId))),
                ("outcomes", string.Join(' ', Outcomes(departure, recorded)))
            )
        );

    /// <summary>One outcome a key; one for all when no key is exposed.</summary>
    private static IEnumerable<string> Outcomes(Departure departure, RecordedRotations recorded) =>
        departure.Plan.Count == 0
            ? [Word(RotationOutcome.NothingExposed)]
            : departure
                .Plan.Select(p => recorded.Find(p.KeyId, departure.Cause))
                .OfType<RecordedCause>()
                .Select(c => $"{c.KeyId}={(c.Outcome is { } outcome ? Word(outcome) : "open")}");

    private static string Word(RotationOutcome outcome) => JsonSerializer.SerializeToElement(outcome, RecordJson.Options).GetString()!;

    public static LedgerEvent EnabledAgain(Person person) =>
        new(LedgerKinds.PersonEnabledAgain, person.PersonId, Facts.Of(("epoch", $"{person.Epoch}")));

    private static LedgerEvent Of(string kind, Departure departure, DepartureSource source) =>
        new(
            kind,
            departure.Id,
            Facts.Of(
                ("person", departure.PersonId),
                ("epoch", $"{departure.Epoch}"),
                ("source", source.Source),
                ("eventId", source.EventId),
                ("reporter", source.Reporter ?? ""),
                ("confirmed", departure.Confirmed ? "yes" : "no"),
                ("hostile", departure.Hostile ? "yes" : "no"),
                ("namedKeys", string.Join(' ', departure.NamedKeys))
            )
        );
}
