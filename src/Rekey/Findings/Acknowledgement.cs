namespace Rekey.Findings;

/// <summary>
/// A person has taken note of a finding: it is not reported again before <paramref name="Until"/>, unless it becomes worse.
/// </summary>
/// <param name="By">Object id of the operator.</param>
/// <param name="Reason">The operator's words, without what looks like a secret.</param>
public sealed record Acknowledgement(string By, DateTimeOffset At, DateTimeOffset Until, string Reason);
