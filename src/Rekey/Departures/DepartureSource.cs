namespace Rekey.Departures;

/// <summary>A source that reported a departure.</summary>
/// <param name="Source">The function that took it.</param>
/// <param name="EventId">The sender's id of the event, to recognise a resend.</param>
/// <param name="Reporter">Object id of the reporter; null for an event.</param>
public sealed record DepartureSource(string Source, string EventId, DateTimeOffset At, string? Reporter);
