namespace Rekey.Rotations;

/// <summary>A version that a rotation retires.</summary>
/// <param name="Thumbprint">Null when neither the vault nor the ledger has its public key: it was never trusted then.</param>
public sealed record OldVersion(string Version, string? Thumbprint, bool CanSign);
