using Rekey.Trust.Documents;

namespace Rekey.Compliance;

/// <summary>The signer of checkpoints: another identity and another key than those that write the ledger and sign the trust list.</summary>
/// <param name="Thumbprint">The RFC 7638 thumbprint that was pinned when the key was made: a checkpoint by any other key is none.</param>
public sealed record CheckpointSigner(IDocumentSigner Signer, string Thumbprint);
