namespace Rekey.Functions.Departures.Views;

/// <summary>A page of departures, the newest first.</summary>
/// <param name="Next">The <c>after</c> of the next page; null on the last.</param>
public sealed record DeparturePage(IEnumerable<DepartureSummary> Departures, string? Next);
