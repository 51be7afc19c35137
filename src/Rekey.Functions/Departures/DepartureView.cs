using Rekey.Departures;

namespace Rekey.Functions.Departures;

/// <summary>How a departure is coming along.</summary>
/// <param name="Departure">Its id.</param>
/// <param name="Person">Object id in Entra ID.</param>
/// <param name="Confirmed">Whether the directory says so too.</param>
/// <param name="Hostile">Everything is done at once, as if every key were taken.</param>
/// <param name="Sources">Who reported it, first to last.</param>
/// <param name="AssessedAt">When it was known which keys were within reach.</param>
/// <param name="SettledAt">When all was done.</param>
public sealed record DepartureView(
    string Departure,
    string Person,
    DateTimeOffset NoticedAt,
    bool Confirmed,
    bool Hostile,
    IReadOnlyList<DepartureSource> Sources,
    DateTimeOffset? AssessedAt,
    DateTimeOffset? SettledAt,
    IReadOnlyList<ExposedKeyView> Keys
);
