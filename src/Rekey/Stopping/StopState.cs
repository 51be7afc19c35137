namespace Rekey.Stopping;

/// <summary>Whether Rekey is stopped, and by what.</summary>
/// <param name="BySetting">Whether the setting <c>Rekey:Stopped</c> is on.</param>
/// <param name="Stop">The stop by an operator that is in force; null when there is none.</param>
public sealed record StopState(bool BySetting, RecordedStop? Stop)
{
    /// <summary>Whether Rekey changes nothing now.</summary>
    public bool IsStopped => BySetting || Stop is not null;

    /// <summary><c>setting</c>, <c>operator</c>, or both; empty when Rekey runs.</summary>
    public IReadOnlyList<string> By => [.. BySetting ? ["setting"] : Array.Empty<string>(), .. Stop is null ? [] : new[] { "operator" }];
}
