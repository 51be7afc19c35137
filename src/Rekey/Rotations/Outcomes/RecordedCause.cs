namespace Rekey.Rotations.Outcomes;

/// <summary>A request to rotate one key for one cause, as the ledger has it. It never changes once it has an outcome.</summary>
/// <param name="Outcome">Null while it waits or its rotation runs.</param>
/// <param name="At">When it got its outcome; before that, when its last step was recorded.</param>
/// <param name="By">Object id of the person who decided; null when the settings or an expired decision did.</param>
/// <param name="Why">The reason for the outcome, or for the wait, in a plain sentence.</param>
/// <param name="DecisionId">The decision about it; null when it needed none.</param>
/// <param name="RotationNumber">The number of the key's rotation that carries it out; null when there is none.</param>
public sealed record RecordedCause(
    string KeyId,
    string Cause,
    Urgency Urgency,
    RotationOutcome? Outcome,
    DateTimeOffset At,
    string? By,
    string Why,
    string? DecisionId,
    int? RotationNumber
);
