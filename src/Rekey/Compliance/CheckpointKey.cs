using Rekey.Trust.Documents;

namespace Rekey.Compliance;

/// <summary>The key for checkpoints as the settings name it, also before its thumbprint is pinned.</summary>
/// <param name="Signer">Reads the key; it signs only once a thumbprint is pinned.</param>
/// <param name="Thumbprint">The pinned RFC 7638 thumbprint; null before.</param>
public sealed record CheckpointKey(IDocumentSigner Signer, string? Thumbprint);
