using System.Text.Json.Serialization;
using Rekey.Rotations.Outcomes;

namespace Rekey.Functions.Departures.Views;

/// <summary>What became of a departure's request to rotate a key. Only <c>rotated</c> means that the key was rotated.</summary>
/// <param name="Result">
/// <c>rotated</c>, <c>declined</c>, <c>observed</c>, <c>superseded</c>, <c>cancelled</c> or <c>nothing-exposed</c>; null while it waits or
/// its rotation runs.
/// </param>
/// <param name="At">When it had its result; before that, when its last step was recorded.</param>
/// <param name="By">Object id of the person who decided; null when the settings or an expired decision did.</param>
/// <param name="Why">The reason, in a sentence.</param>
/// <param name="Decision">Id of the decision about it; null when it needed none.</param>
public sealed record OutcomeView(
    [property: JsonConverter(typeof(JsonStringEnumConverter<RotationOutcome>))] RotationOutcome? Result,
    DateTimeOffset At,
    string? By,
    string Why,
    string? Decision
)
{
    public static OutcomeView Of(RecordedCause cause) => new(cause.Outcome, cause.At, cause.By, cause.Why, cause.DecisionId);

    public static OutcomeView NothingExposed(DateTimeOffset assessedAt) =>
        new(RotationOutcome.NothingExposed, assessedAt, By: null, "The person could have used no governed key.", Decision: null);
}
