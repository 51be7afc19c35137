namespace Rekey.Departures;

/// <summary>One telling of a departure.</summary>
/// <param name="Source">The function that took it.</param>
/// <param name="EventId">The sender's id for it, so that a resend is known.</param>
/// <param name="Reporter">Object id of who told us; null when it was an event.</param>
public sealed record DepartureSource(string Source, string EventId, DateTimeOffset At, string? Reporter);
