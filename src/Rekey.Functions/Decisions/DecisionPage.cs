namespace Rekey.Functions.Decisions;

/// <summary>A page of decisions.</summary>
/// <param name="Next">The <c>after</c> of the next page; null on the last.</param>
public sealed record DecisionPage(IEnumerable<DecisionView> Decisions, string? Next);
