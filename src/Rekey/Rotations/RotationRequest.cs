namespace Rekey.Rotations;

/// <summary>Why a key should be rotated.</summary>
/// <param name="Cause">A departure's id, or <c>age/{version}</c>.</param>
/// <param name="CoveredUntil">Versions made up to then could be in the wrong hands.</param>
/// <param name="DecisionId">The decision that it waits for; null when it needs none.</param>
public sealed record RotationRequest(string Cause, Urgency Urgency, DateTimeOffset CoveredUntil, string? DecisionId)
{
    /// <summary>The facts of a request, as every ledger line about one has them.</summary>
    internal Dictionary<string, string> Facts() =>
        Rekey.Core.Facts.Of(
            ("cause", Cause),
            ("urgency", Urgency.ToString()),
            ("coveredUntil", CoveredUntil.ToString("O")),
            ("decision", DecisionId ?? "")
        );
}
