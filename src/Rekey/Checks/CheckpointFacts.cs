namespace Rekey.Checks;

/// <summary>The key that signs checkpoints of the ledger.</summary>
/// <param name="Pinned">The thumbprint in the settings; null when none is.</param>
/// <param name="InVault">The RFC 7638 thumbprint that the app computed from the key in the vault.</param>
public sealed record CheckpointFacts(string? Pinned, Known<string> InVault);
