namespace Rekey.Departures;

/// <summary>A report that a person may have left.</summary>
/// <param name="IsObservation">True for a change event, which proves nothing by itself; false when a caller asserts a departure.</param>
public sealed record DepartureReport(string TenantId, Guid PersonId, DepartureSource Source, bool IsObservation, bool Hostile)
{
    /// <summary>Keys that an operator knows to be exposed, by key id.</summary>
    public IReadOnlyList<string> NamedKeys { get; init; } = [];

    /// <summary>Whether the directory itself named the person. If it no longer has them, they were deleted for good.</summary>
    public bool Existed { get; init; }

    /// <summary>
    /// Whether the account was closed again after its departure was noticed. It was open in between, so the keys made until now may be
    /// exposed, and a departure that is over is opened again.
    /// </summary>
    public bool IsClosedAgain { get; init; }

    /// <summary>When access ended, if an earlier notice of the same closing established it; null: now.</summary>
    public DateTimeOffset? AccessEndedAt { get; init; }
}
