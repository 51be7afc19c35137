namespace Rekey.Checks;

/// <summary>A resource that can be switched off.</summary>
/// <param name="IsOn">Whether it is activated, enabled or enforced.</param>
public sealed record NamedState(string Name, bool IsOn);
