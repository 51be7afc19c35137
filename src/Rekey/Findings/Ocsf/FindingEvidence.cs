namespace Rekey.Findings.Ocsf;

/// <summary>A piece of evidence: its source address, and facts about it that can be checked.</summary>
public sealed record FindingEvidence(string? Address, IReadOnlyDictionary<string, string> Facts);
