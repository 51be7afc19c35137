namespace Rekey.Departures.Reading;

/// <summary>A key that a departure exposed, with what was done about it.</summary>
/// <param name="Plan">The planned response; null when only an earlier assessment exposed the key.</param>
/// <param name="Responses">One response a cause, in order: a departure has another cause each time that more is known.</param>
public sealed record ExposedKey(string KeyId, PlannedResponse? Plan, IReadOnlyList<KeyResponse> Responses);
