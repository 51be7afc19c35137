namespace Rekey.Local.KeyVault.Operations;

/// <summary>One action of a rotation policy, with exactly one trigger.</summary>
internal sealed record LifetimeAction(string Type, string? TimeAfterCreate, string? TimeBeforeExpiry);
