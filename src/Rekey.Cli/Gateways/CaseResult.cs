namespace Rekey.Cli.Gateways;

/// <summary>What a gateway did with a case.</summary>
/// <param name="Says">What was seen, for people.</param>
internal sealed record CaseResult(string Name, string What, CaseState State, string Says);
