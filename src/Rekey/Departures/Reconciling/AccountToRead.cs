namespace Rekey.Departures.Reconciling;

/// <summary>An account that must be read from the directory, because it is not as Rekey knows it.</summary>
/// <param name="Reference">How it was found; names the source in the departure.</param>
/// <param name="Since">The earliest time at which it can have happened.</param>
/// <param name="IsClosedAgain">See <see cref="DepartureReport.IsClosedAgain"/>.</param>
/// <param name="IsNews">False when it is read only to see whether it is open again.</param>
public sealed record AccountToRead(Guid PersonId, string Reference, DateTimeOffset Since, bool IsClosedAgain, bool IsNews);
