namespace Rekey.Departures;

/// <summary>Somebody says that a person may have left.</summary>
/// <param name="IsObservation">True for a change event, which says nothing by itself; false when somebody asserts a departure.</param>
public sealed record DepartureReport(string TenantId, Guid PersonId, DepartureSource Source, bool IsObservation, bool Hostile)
{
    /// <summary>Keys that an operator knows to be exposed, by key id.</summary>
    public IReadOnlyList<string> NamedKeys { get; init; } = [];
}
