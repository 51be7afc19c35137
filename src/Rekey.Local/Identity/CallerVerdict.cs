namespace Rekey.Local.Identity;

/// <summary>The outcome of a validation: a caller, or what is wrong.</summary>
public sealed record CallerVerdict(Caller? Caller, TokenFlaw Flaw);
