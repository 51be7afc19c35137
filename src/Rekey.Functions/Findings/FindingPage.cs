namespace Rekey.Functions.Findings;

/// <summary>A page of findings, the most severe first.</summary>
/// <param name="Next">The <c>after</c> of the next page; null on the last.</param>
public sealed record FindingPage(IEnumerable<FindingView> Findings, string? Next);
