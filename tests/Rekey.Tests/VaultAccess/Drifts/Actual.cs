namespace Rekey.Tests.VaultAccess.Drifts;

/// <summary>What holds after all changes.</summary>
/// <param name="IsRbac">The vault's permission model now.</param>
/// <param name="IsDeclaredModel">Whether it is the declared one.</param>
public sealed record Actual(bool IsRbac, bool IsDeclaredModel);
