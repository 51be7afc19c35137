namespace Rekey.Functions.Findings;

/// <summary>A page of findings, the worst first.</summary>
/// <param name="Next">What the next page is asked for with as <c>after</c>; null on the last.</param>
public sealed record FindingPage(IEnumerable<FindingView> Findings, string? Next);
