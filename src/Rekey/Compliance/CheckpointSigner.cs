using Rekey.Trust.Documents;

namespace Rekey.Compliance;

/// <summary>
/// The signer of checkpoints, with another identity and another key than those that write the ledger and sign the trust list.
/// </summary>
/// <param name="Thumbprint">
/// The RFC 7638 thumbprint that was pinned when the key was made: a checkpoint by any other key does not count.
/// </param>
public sealed record CheckpointSigner(IDocumentSigner Signer, string Thumbprint);
