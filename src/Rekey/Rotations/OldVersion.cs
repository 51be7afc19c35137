namespace Rekey.Rotations;

/// <summary>A version that a rotation ends.</summary>
/// <param name="Thumbprint">Null when the vault did not give its public key and the ledger does not know it: it was never trusted
/// then.</param>
public sealed record OldVersion(string Version, string? Thumbprint, bool CanSign);
