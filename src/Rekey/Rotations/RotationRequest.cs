namespace Rekey.Rotations;

/// <summary>A request to rotate a key, with its cause.</summary>
/// <param name="Cause">A departure's id, or <c>age/{version}</c>.</param>
/// <param name="CoveredUntil">Versions made up to then may be exposed.</param>
/// <param name="DecisionId">The decision that it waits for; null when it needs none.</param>
public sealed record RotationRequest(string Cause, Urgency Urgency, DateTimeOffset CoveredUntil, string? DecisionId)
{
    /// <summary>The facts of a request for ledger lines.</summary>
    internal Dictionary<string, string> Facts() =>
        Rekey.Core.Facts.Of(
            ("cause", Cause),
            ("urgency", Urgency.ToString()),
            ("coveredUntil", CoveredUntil.ToString("O")),
            ("decision", DecisionId ?? "")
        );
}
