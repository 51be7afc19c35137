using Rekey.Core;
using Rekey.Ledgers;

namespace Rekey.Departures.CuttingOff;

/// <summary>Builds the ledger's lines about cutting off a person.</summary>
internal static class CutOffEvents
{
    public static LedgerEvent Begun(Departure departure, CutOff cutOff) =>
        Of(LedgerKinds.CutOffBegun, departure, ("because", cutOff.DecisionId ?? "enforce"), ("vaults", string.Join(' ', cutOff.Vaults)));

    public static LedgerEvent SessionsRevoked(Departure departure) => Of(LedgerKinds.SessionsRevoked, departure);

    public static LedgerEvent Ended(Departure departure, CutOff cutOff) =>
        Of(
            LedgerKinds.CutOffEnded,
            departure,
            ("back", cutOff.IsBack ? "yes" : "no"),
            ("sessions", cutOff.SessionsRevokedAt is null ? cutOff.SessionsRefused ?? "not done" : "revoked"),
            ("grants", cutOff.GrantsSweptAt is null ? "not swept" : "swept"),
            ("credentials", cutOff.CredentialsAskedAt is null ? "not asked" : "asked")
        );

    /// <summary>What would have been done; recorded once for each cause.</summary>
    public static LedgerEntry Observed(Departure departure, IReadOnlyList<string> vaults) =>
        new(
            $"{LedgerKinds.CutOffObserved}/{departure.Cause}",
            LedgerKinds.CutOffObserved,
            departure.Id,
            Facts.Of(
                ("person", departure.PersonId),
                ("would", "revoke sign-in sessions, remove direct grants, ask about groups and added credentials"),
                ("vaults", string.Join(' ', vaults))
            )
        );

    private static LedgerEvent Of(string kind, Departure departure, params ReadOnlySpan<(string, string)> facts) =>
        new(kind, departure.Id, Facts.Of([("person", departure.PersonId), .. facts]));
}
