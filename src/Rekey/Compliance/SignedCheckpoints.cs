using System.Text.Json;
using Rekey.Core;
using Rekey.Ledgers.Segments;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;

namespace Rekey.Compliance;

/// <summary>Signs and reads checkpoints. Only those by the pinned key count.</summary>
internal sealed class SignedCheckpoints(ICheckpoints kept, CheckpointSigner by, string environment)
{
    /// <summary>The stored checkpoint at that line count; null when it is refused.</summary>
    public async Task<LedgerCheckpoint?> ReadAsync(long lines, CancellationToken cancellationToken) =>
        await OpenAsync(await kept.ReadAsync(lines, cancellationToken), cancellationToken) is { } opened && opened.Lines == lines
            ? opened
            : null;

    /// <summary>The content of a signed checkpoint; null when it is refused.</summary>
    public async Task<LedgerCheckpoint?> OpenAsync(ReadOnlyMemory<byte> document, CancellationToken cancellationToken)
    {
        var (key, algorithm) = await DescribeAsync(cancellationToken);
        var opened = Open(document, key, algorithm);
        return string.Equals(opened?.Environment, environment, StringComparison.Ordinal) ? opened : null;
    }

    /// <summary>The content of a checkpoint of any environment; null when that key did not sign it.</summary>
    public static LedgerCheckpoint? Open(ReadOnlyMemory<byte> document, PublicJwk key, string algorithm)
    {
        try
        {
            return JsonSerializer.Deserialize<LedgerCheckpoint>(SignedDocument.Open(document.Span, LedgerCheckpoint.Type, key, algorithm));
        }
        catch (Exception e) when (e is CannotContinueException { Reason: "document-refused" } or JsonException)
        {
            return null;
        }
    }

    /// <summary>Signs a checkpoint and stores it. Returns the signed document.</summary>
    public async Task<byte[]> KeepAsync(LedgerCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        await DescribeAsync(cancellationToken);
        var payload = JsonSerializer.SerializeToUtf8Bytes(checkpoint);
        var document = await SignedDocument.SignAsync(by.Signer, LedgerCheckpoint.Type, payload, cancellationToken);
        await kept.KeepAsync(checkpoint.Lines, document, cancellationToken);
        return document;
    }

    private async Task<(PublicJwk Key, string Algorithm)> DescribeAsync(CancellationToken cancellationToken)
    {
        var (key, algorithm) = await by.Signer.DescribeAsync(cancellationToken);
        return string.Equals(key.Thumbprint, by.Thumbprint, StringComparison.Ordinal)
            ? (key, algorithm)
            : throw LedgerChain.Broken($"the checkpoint key is {key.Thumbprint}, but {by.Thumbprint} was pinned");
    }
}
