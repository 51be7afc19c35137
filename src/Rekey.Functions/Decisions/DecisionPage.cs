namespace Rekey.Functions.Decisions;

/// <summary>The questions that wait for an answer, the oldest first.</summary>
public sealed record DecisionPage(IEnumerable<DecisionView> Pending);
