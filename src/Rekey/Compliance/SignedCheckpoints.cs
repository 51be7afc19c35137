using System.Text.Json;
using Rekey.Ledgers;
using Rekey.Trust;

namespace Rekey.Compliance;

/// <summary>Checkpoints by the pinned key: any other is none.</summary>
internal sealed class SignedCheckpoints(ICheckpoints kept, CheckpointSigner by, string environment)
{
    /// <summary>The one that is kept for so many lines; null when it is refused.</summary>
    public async Task<LedgerCheckpoint?> ReadAsync(long lines, CancellationToken cancel) =>
        await OpenAsync(await kept.ReadAsync(lines, cancel), cancel) is { } opened && opened.Lines == lines ? opened : null;

    /// <summary>What a signed checkpoint says; null when it is refused.</summary>
    public async Task<LedgerCheckpoint?> OpenAsync(ReadOnlyMemory<byte> document, CancellationToken cancel)
    {
        var (key, algorithm) = await DescribeAsync(cancel);
        try
        {
            var opened = JsonSerializer.Deserialize<LedgerCheckpoint>(
                SignedDocument.Open(document.Span, LedgerCheckpoint.Type, key, algorithm));
            return string.Equals(opened?.Environment, environment, StringComparison.Ordinal) ? opened : null;
        }
        catch (Exception e) when (e is CannotContinueException { Reason: "document-refused" } or JsonException)
        {
            return null;
        }
    }

    /// <summary>Signs it and keeps it. Returns the signed document.</summary>
    public async Task<byte[]> KeepAsync(LedgerCheckpoint checkpoint, CancellationToken cancel)
    {
        await DescribeAsync(cancel);
        var payload = JsonSerializer.SerializeToUtf8Bytes(checkpoint);
        var document = await SignedDocument.SignAsync(by.Signer, LedgerCheckpoint.Type, payload, cancel);
        await kept.KeepAsync(checkpoint.Lines, document, cancel);
        return document;
    }

    private async Task<(PublicJwk Key, string Algorithm)> DescribeAsync(CancellationToken cancel)
    {
        var (key, algorithm) = await by.Signer.DescribeAsync(cancel);
        return string.Equals(key.Thumbprint, by.Thumbprint, StringComparison.Ordinal) ? (key, algorithm)
            : throw LedgerChain.Broken($"the checkpoint key is {key.Thumbprint}, but {by.Thumbprint} was pinned");
    }
}
