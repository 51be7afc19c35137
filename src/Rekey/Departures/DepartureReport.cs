namespace Rekey.Departures;

/// <summary>A report that a person may have left.</summary>
/// <param name="IsObservation">True for a change event, which proves nothing by itself; false when a caller asserts a departure.</param>
public sealed record DepartureReport(string TenantId, Guid PersonId, DepartureSource Source, bool IsObservation, bool Hostile)
{
    /// <summary>Keys that an operator knows to be exposed, by key id.</summary>
    public IReadOnlyList<string> NamedKeys { get; init; } = [];
}
