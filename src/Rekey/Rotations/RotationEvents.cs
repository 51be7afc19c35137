using Rekey.Core;
using Rekey.Decisions;
using Rekey.Ledgers;
using Rekey.Rotations.Outcomes;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>Builds the ledger's lines about rotations.</summary>
internal static class RotationEvents
{
    public static LedgerEvent Planned(SigningKey key, RotationRequest request) => new(LedgerKinds.RotationPlanned, key.Id, request.Facts());

    /// <param name="rotation">The rotation with the cause.</param>
    /// <param name="decision">The decision that allowed it; null when it needed none.</param>
    public static LedgerEvent Admitted(Rotation rotation, RotationRequest request, Decision? decision) =>
        Of(
            rotation.Causes.Count > 1 ? LedgerKinds.RotationWidened : LedgerKinds.RotationAdmitted,
            rotation,
            request,
            decision?.AnsweredBy,
            OutcomeReasons.Of(decision, approved: true)
        );

    public static LedgerEvent Declined(Rotation rotation, RotationRequest request, Decision? decision) =>
        Of(LedgerKinds.RotationDeclined, rotation, request, decision?.AnsweredBy, OutcomeReasons.Of(decision, approved: false));

    /// <summary>The request asks for nothing that is still to do.</summary>
    public static LedgerEvent Superseded(Rotation rotation, RotationRequest request, Decision? decision) =>
        Of(LedgerKinds.RotationSuperseded, rotation, request, decision?.AnsweredBy, OutcomeReasons.Covered(rotation, request));

    public static LedgerEvent VersionRequested(Rotation rotation) =>
        new(LedgerKinds.VersionRequested, rotation.Key.Id, Facts.Of(("rotation", rotation.Id), ("attempt", $"{rotation.Attempt}")));

    public static LedgerEvent SigningStopped(Rotation rotation) =>
        new(
            LedgerKinds.SigningStopped,
            rotation.Key.Id,
            Facts.Of(("rotation", rotation.Id), ("versions", string.Join(' ', rotation.OldVersions.Select(v => v.Version))))
        );

    public static LedgerEvent Stuck(Rotation rotation) =>
        new(
            LedgerKinds.RotationStuck,
            rotation.Key.Id,
            Facts.Of(
                ("rotation", rotation.Id),
                ("reason", rotation.StuckReason!),
                ("trustEnded", rotation.TrustEndedAt?.ToString("O") ?? "")
            )
        );

    /// <param name="by">Object id of the approver.</param>
    public static LedgerEvent Cancelled(Rotation rotation, string by) =>
        new(
            LedgerKinds.RotationCancelled,
            rotation.Key.Id,
            Facts.Of(("rotation", rotation.Id), (OutcomeReasons.By, by), ("causes", string.Join(' ', rotation.Causes)))
        );

    public static LedgerEvent Verified(Rotation rotation) =>
        new(
            LedgerKinds.RotationVerified,
            rotation.Key.Id,
            Facts.Of(
                ("rotation", rotation.Id),
                ("newVersion", rotation.NewVersion!),
                ("oldVersions", string.Join(' ', rotation.OldVersions.Select(v => v.Version))),
                ("trustEndedAt", rotation.TrustEndedAt!.Value.ToString("O")),
                ("worthlessAt", rotation.WorthlessAt!.Value.ToString("O"))
            )
        );

    private static LedgerEvent Of(string kind, Rotation rotation, RotationRequest request, string? by, string why)
    {
        var facts = request.Facts();
        facts["rotation"] = rotation.Id;
        facts[OutcomeReasons.By] = by ?? "";
        facts[OutcomeReasons.Why] = why;
        return new(kind, rotation.Key.Id, facts);
    }
}
