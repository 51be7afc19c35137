namespace Rekey.Findings;

/// <summary>One piece of evidence: where something came from, and checkable facts about it.</summary>
public sealed record FindingEvidence(string? Address, IReadOnlyDictionary<string, string> Facts);
