namespace Rekey.Functions.Decisions;

/// <summary>The open decisions, the oldest first.</summary>
public sealed record DecisionPage(IEnumerable<DecisionView> Pending);
