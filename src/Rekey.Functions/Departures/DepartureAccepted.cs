namespace Rekey.Functions.Departures;

/// <summary>A departure that Rekey accepted.</summary>
/// <param name="Departure">Its id.</param>
/// <param name="Confirmed">Whether the directory confirms it; if not, an approver decides every response.</param>
public sealed record DepartureAccepted(string Departure, bool Confirmed);
