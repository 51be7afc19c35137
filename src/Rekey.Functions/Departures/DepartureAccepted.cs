namespace Rekey.Functions.Departures;

/// <summary>A departure that was taken.</summary>
/// <param name="Departure">Its id.</param>
/// <param name="Confirmed">Whether the directory says so too; if not, every response is a question.</param>
public sealed record DepartureAccepted(string Departure, bool Confirmed);
