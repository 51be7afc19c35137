namespace Rekey.Departures.Reconciling.Sources;

/// <summary>A page of accounts.</summary>
/// <param name="Next">The link to the next page; null on the last.</param>
/// <param name="Delta">The link to later changes, on the last page of changes; null otherwise.</param>
public sealed record AccountPage(IReadOnlyList<AccountRow> Rows, string? Next, string? Delta);
