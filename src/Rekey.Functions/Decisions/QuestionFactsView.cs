using System.Text.Json.Serialization;
using Rekey.Departures.Directory;
using Rekey.Departures.Reading;
using Rekey.Functions.Departures.Views;

namespace Rekey.Functions.Decisions;

/// <summary>The facts about a decision at the time when it was read.</summary>
/// <param name="Departure">Id of the departure that it is about; null when it is about another cause.</param>
/// <param name="Confirmed">Whether the directory confirmed the departure; null when it is about none.</param>
/// <param name="ReportedBy">Object ids of the people who reported the departure.</param>
/// <param name="References">The references of their reports.</param>
/// <param name="Account">The state of the person's account now; null when it was not read.</param>
/// <param name="AccountUnknown">Why the account could not be read; null when it could.</param>
/// <param name="Versions">The versions that a yes ends now; null when it is decided, or is not about a key.</param>
/// <param name="LiveTokens">How many live tokens a yes ends; null when that is unknown.</param>
/// <param name="Callers">How many people and programs hold them and must sign in again; null when that is unknown.</param>
/// <param name="CountedAt">When they were counted; null when they were not.</param>
/// <param name="LiveTokensUnknown">Why the number of live tokens is unknown.</param>
/// <param name="Held">The person is back, so silence decides nothing; the question stays open until someone answers.</param>
/// <param name="NoEffect">Why a yes has no effect; null when it has one.</param>
/// <param name="Outcome">What became of the request that it is about; null when it is about none.</param>
public sealed record QuestionFactsView(
    string? Departure,
    bool? Confirmed,
    IReadOnlyList<string> ReportedBy,
    IReadOnlyList<string> References,
    [property: JsonConverter(typeof(JsonStringEnumConverter<PersonStanding>))] PersonStanding? Account,
    string? AccountUnknown,
    IReadOnlyList<string>? Versions,
    long? LiveTokens,
    long? Callers,
    DateTimeOffset? CountedAt,
    string? LiveTokensUnknown,
    bool Held,
    string? NoEffect,
    OutcomeView? Outcome
)
{
    /// <summary>Why a list shows no number of live tokens.</summary>
    internal const string NotCounted = "Lists do not count live tokens. GET /decisions/{id} counts them.";

    public static QuestionFactsView Of(QuestionFacts facts)
    {
        var reports = (facts.Departure?.Sources ?? []).Where(s => s.Reporter is not null).ToList();
        return new(
            facts.Departure?.Id,
            facts.Departure?.Confirmed,
            [.. reports.Select(r => r.Reporter!).Distinct(StringComparer.OrdinalIgnoreCase)],
            [.. reports.Select(r => r.EventId).Distinct(StringComparer.Ordinal)],
            facts.Account?.Standing,
            facts.Account?.UnknownBecause,
            facts.Versions,
            facts.LiveTokens?.Tokens,
            facts.LiveTokens?.Callers,
            facts.LiveTokens?.At,
            facts.Versions is null ? null
                : facts.LiveTokens is { } counted ? counted.UnknownBecause
                : NotCounted,
            facts.IsHeld,
            facts.NoEffect,
            facts.Outcome is null ? null : OutcomeView.Of(facts.Outcome)
        );
    }
}
