using Rekey.Core;
using Rekey.Departures;
using Rekey.Departures.Watching;
using Rekey.Ledgers;

namespace Rekey.Exposures.Watching;

/// <summary>Builds the ledger's lines about the watch over a person.</summary>
internal static class WatchEvents
{
    public static LedgerEvent Begun(Departure departure, DepartureWatch watch) =>
        Of(LedgerKinds.WatchBegun, departure, ("reach", string.Join(' ', watch.Reach.Select(r => r.Id))));

    /// <param name="before">The watch as it was: what is new is recorded.</param>
    public static LedgerEvent Acted(Departure departure, DepartureWatch before, DepartureWatch watch) =>
        Of(
            LedgerKinds.LeaverActed,
            departure,
            ("used", string.Join(' ', watch.Keys.Except(before.Keys).Select(k => $"{k.KeyId}={k.UsedAt:O}"))),
            ("lastAct", watch.LastActAt?.ToString("O") ?? ""),
            ("reached", string.Join(' ', watch.Reach.Except(before.Reach).Select(r => r.Id)))
        );

    public static LedgerEvent Ended(Departure departure, DepartureWatch watch) =>
        Of(LedgerKinds.WatchEnded, departure, ("because", watch.EndedBecause!), ("decision", watch.DecisionId ?? ""));

    private static LedgerEvent Of(string kind, Departure departure, params ReadOnlySpan<(string, string)> facts) =>
        new(kind, departure.Id, Facts.Of([("person", departure.PersonId), .. facts]));
}
