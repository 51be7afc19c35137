using Rekey.Departures;

namespace Rekey.Functions.Departures;

/// <summary>The progress of a departure.</summary>
/// <param name="Departure">Its id.</param>
/// <param name="Person">Object id in Entra ID.</param>
/// <param name="Confirmed">Whether the directory confirms it.</param>
/// <param name="Hostile">Rekey responds at once, as if every key were taken.</param>
/// <param name="Sources">The reporters, in order.</param>
/// <param name="AssessedAt">When Rekey knew which keys the person could reach.</param>
/// <param name="SettledAt">When every response was complete.</param>
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
