using Rekey.Rotations.Outcomes;
using Rekey.Rotations.Tokens;

namespace Rekey.Departures.Reading;

/// <summary>The facts about a question at the time when it is read.</summary>
/// <param name="PlanHash">The hash that an answer must repeat: it covers the words and the versions that a yes ends.</param>
/// <param name="Departure">The departure that it is about; null when it is about another cause.</param>
/// <param name="Account">The person's account now; null when it is about no departure.</param>
/// <param name="Versions">The versions that a yes ends, in the order in which they became trusted; null for other kinds of questions
/// and when it is decided.</param>
/// <param name="IsHeld">Whether silence decides nothing, because the person is back.</param>
/// <param name="NoEffect">Why a yes has no effect; null when it has one.</param>
/// <param name="Outcome">What became of the rotation that it is about; null when it is about none.</param>
/// <param name="LiveTokens">The live tokens that a yes ends; null when it is decided, is not about a key, or they were not
/// counted.</param>
public sealed record QuestionFacts(
    string PlanHash,
    Departure? Departure,
    AccountNow? Account,
    IReadOnlyList<string>? Versions,
    bool IsHeld,
    string? NoEffect,
    RecordedCause? Outcome,
    LiveTokenCount? LiveTokens
);
