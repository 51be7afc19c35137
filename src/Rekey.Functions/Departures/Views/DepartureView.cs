using Rekey.Departures;

namespace Rekey.Functions.Departures.Views;

/// <summary>The progress of a departure.</summary>
/// <param name="Departure">Its id.</param>
/// <param name="Person">Object id in Entra ID.</param>
/// <param name="Confirmed">Whether the directory confirms it.</param>
/// <param name="Hostile">Rekey responds at once, as if every key were taken.</param>
/// <param name="Sources">The reporters, in order.</param>
/// <param name="AssessedAt">When Rekey knew which keys the person could reach.</param>
/// <param name="EndedAt">
/// When every exposed key had an outcome. It does not mean that a key was rotated: read the outcomes.
/// </param>
/// <param name="LookedAgainAt">When Rekey looked again, after the person's last access token had expired.</param>
/// <param name="CutOff">What was done to end the person's access; null when nothing was begun.</param>
/// <param name="Watch">The watch over the person; null before it began, and where no audit log is read.</param>
/// <param name="Outcome"><c>nothing-exposed</c> when no key is exposed; else null, and each key has its own.</param>
public sealed record DepartureView(
    string Departure,
    string Person,
    DateTimeOffset NoticedAt,
    bool Confirmed,
    bool Hostile,
    IReadOnlyList<DepartureSource> Sources,
    DateTimeOffset? AssessedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset? LookedAgainAt,
    CutOffView? CutOff,
    WatchView? Watch,
    OutcomeView? Outcome,
    IReadOnlyList<ExposedKeyView> Keys
);
