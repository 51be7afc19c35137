using Rekey.Trust;

namespace Rekey.Compliance;

/// <summary>
/// A promise about the ledger's past, signed by a key that its writers do not hold: so many lines, and the last one hashed to this. Whoever
/// rewrites history afterwards cannot rewrite this as well.
/// </summary>
/// <param name="Lines">How many lines the ledger had.</param>
/// <param name="Hash">SHA-256 of the last one, lower-case hex.</param>
public sealed record LedgerCheckpoint(string Environment, long Lines, string Hash, DateTimeOffset At)
{
    /// <summary><c>typ</c> of the signed checkpoint.</summary>
    public const string Type = "rekey-ledger-checkpoint+jwt";

    /// <summary>The shape that this build writes.</summary>
    public int SchemaVersion { get; init; } = 1;
}

/// <summary>The signer of checkpoints: another identity and another key than those that write the ledger and sign the trust list.</summary>
/// <param name="Thumbprint">The RFC 7638 thumbprint that was pinned when the key was made: a checkpoint by any other key is none.</param>
public sealed record CheckpointSigner(IDocumentSigner Signer, string Thumbprint);

/// <summary>Where checkpoints are kept: write once, in the immutable container.</summary>
public interface ICheckpoints
{
    /// <summary>Keeps one; an existing one is never replaced.</summary>
    Task KeepAsync(long lines, ReadOnlyMemory<byte> document, CancellationToken cancel);

    /// <summary>All of them, in no order.</summary>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ListAsync(CancellationToken cancel);
}
