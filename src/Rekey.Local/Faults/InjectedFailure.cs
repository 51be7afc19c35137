namespace Rekey.Local.Faults;

/// <summary>The answer that a fault gives.</summary>
internal sealed record InjectedFailure(int Status, string? Code, string? InnerCode, TimeSpan? RetryAfter);
