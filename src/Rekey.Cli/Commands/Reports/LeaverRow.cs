using System.Text.Json;
using Rekey.Core.Records;
using Rekey.Departures.Reading;
using Rekey.Rotations.Outcomes;

namespace Rekey.Cli.Commands.Reports;

/// <summary>One key that one departure exposed, with what came of it; one row without a key when no key was exposed.</summary>
/// <param name="NoticedBy">The function of Rekey that noticed it first: <c>UserChanged</c> for an event of the directory.</param>
/// <param name="ConfirmedAt">When the directory confirmed it; null while it is only reported.</param>
/// <param name="CutOffAt">When Rekey had ended the person's access, or had done all that it could; null when it did not.</param>
/// <param name="WatchEndedAt">When the watch over the person ended; null while it goes on, or when there is none.</param>
/// <param name="Key">Null when no key was exposed.</param>
/// <param name="Outcome">As in <c>GET /departures/{id}</c>; <c>open</c> while there is none, <c>not-assessed</c> before that.</param>
/// <param name="DecidedBy">Object id of the approver who decided; null when the settings or an expired decision did.</param>
/// <param name="ContainedAt">When the old versions were revoked and the list without them was published.</param>
/// <param name="WorthlessAt">When the slowest gateway had dropped the old versions.</param>
internal sealed record LeaverRow(
    string Departure,
    string Person,
    DateTimeOffset NoticedAt,
    string NoticedBy,
    DateTimeOffset? ConfirmedAt,
    bool Hostile,
    DateTimeOffset? CutOffAt,
    DateTimeOffset? WatchEndedAt,
    string? Key,
    string Outcome,
    DateTimeOffset? OutcomeAt,
    string? DecidedBy,
    string Why,
    string? Rotation,
    DateTimeOffset? ContainedAt,
    DateTimeOffset? WorthlessAt
)
{
    /// <summary>From the notice to the containment; null when it was not contained.</summary>
    public TimeSpan? TimeToContain => ContainedAt - NoticedAt;

    /// <summary>From the notice until the old versions were worthless.</summary>
    public TimeSpan? TimeToWorthless => WorthlessAt - NoticedAt;

    public static IEnumerable<LeaverRow> Of(DepartureHistory history)
    {
        var departure = history.Departure;
        var row = new LeaverRow(
            departure.Id,
            departure.PersonId,
            departure.NoticedAt,
            departure.Sources.Count > 0 ? departure.Sources[0].Source : "",
            departure.ConfirmedAt,
            departure.Hostile,
            departure.CutOff is { IsBack: false } cutOff ? cutOff.EndedAt : null,
            departure.Watch?.EndedAt,
            Key: null,
            departure.AssessedAt is null ? "not-assessed" : Word(RotationOutcome.NothingExposed),
            departure.AssessedAt,
            DecidedBy: null,
            departure.AssessedAt is null
                ? "Rekey has not yet found out which keys the person could use."
                : "The person could use no governed key.",
            Rotation: null,
            ContainedAt: null,
            WorthlessAt: null
        );
        return history.Keys.Count == 0 ? [row] : history.Keys.SelectMany(k => OfKey(row, k));
    }

    private static IEnumerable<LeaverRow> OfKey(LeaverRow row, ExposedKey key) =>
        key.Responses.Count == 0
            ? [row with { Key = key.KeyId, Outcome = "open", OutcomeAt = null, Why = "The rotation is not yet ordered." }]
            : key.Responses.Select(r =>
                row with
                {
                    Key = key.KeyId,
                    Outcome = r.Cause.Outcome is { } outcome ? Word(outcome) : "open",
                    OutcomeAt = r.Cause.Outcome is null ? null : r.Cause.At,
                    DecidedBy = r.Cause.By,
                    Why = r.Cause.Why,
                    Rotation = r.Rotation?.Id,
                    ContainedAt = r.Rotation?.TrustEndedAt,
                    WorthlessAt = r.Rotation?.WorthlessAt,
                }
            );

    private static string Word(RotationOutcome outcome) => JsonSerializer.SerializeToElement(outcome, RecordJson.Options).GetString()!;
}
