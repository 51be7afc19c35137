namespace Rekey.Departures;

/// <summary>The outcome of a notice, with the departure where there is one.</summary>
public sealed record NoticeResult(NoticeOutcome Outcome, Departure? Departure);
