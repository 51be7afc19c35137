using Rekey.Core;
using Rekey.Findings;

namespace Rekey.Departures.CuttingOff;

/// <summary>The finding about sign-in sessions that Rekey could not revoke.</summary>
internal static class CutOffFindings
{
    /// <summary>The id of the finding about this refusal. Without an identity it is one finding for all leavers.</summary>
    public static string IdOf(Departure departure, string reason) =>
        Finding.IdOf(FindingKinds.CutOffIncomplete, AboutOf(departure, reason));

    public static Finding Of(Departure departure, CannotContinueException refusal, DateTimeOffset now) =>
        new(
            FindingKinds.CutOffIncomplete,
            AboutOf(departure, refusal.Reason),
            IsNotSet(refusal.Reason) ? Severity.Medium : Severity.High,
            $"Rekey could not revoke the sign-in sessions of a person who has left ({refusal.Reason}): they can renew tokens. "
                + "Rekey rotates the keys all the same.",
            $"Run: az rest --method post --url https://graph.microsoft.com/v1.0/users/{departure.PersonId}/revokeSignInSessions. "
                + refusal.Remedy,
            Facts.Of(("departure", departure.Id), ("person", departure.PersonId), ("reason", refusal.Reason), ("refusal", refusal.Message)),
            now,
            now
        );

    /// <summary>The finding that Rekey has neither an identity that revokes sessions nor declared vaults.</summary>
    public static Finding NotSet(Departure departure, DateTimeOffset now) =>
        Of(
            departure,
            new CannotContinueException(
                ISignInSessions.NotSet,
                "Rekey has no identity that may revoke sign-in sessions, and no declaration of vaults.",
                "Or set Departures:CutOffClientId, as the permissions page says."
            ),
            now
        );

    private static string AboutOf(Departure departure, string reason) => IsNotSet(reason) ? reason : departure.Id;

    private static bool IsNotSet(string reason) => reason == ISignInSessions.NotSet;
}
