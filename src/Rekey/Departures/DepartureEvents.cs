using Rekey.Core;
using Rekey.Ledgers;

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

    public static LedgerEvent Settled(Departure departure) =>
        new(LedgerKinds.DepartureSettled, departure.Id, Facts.Of(("keys", string.Join(' ', departure.Plan.Select(p => p.KeyId)))));

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
