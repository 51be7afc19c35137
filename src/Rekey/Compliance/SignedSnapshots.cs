using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Ledgers.Snapshots;
using Rekey.Trust;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;

namespace Rekey.Compliance;

/// <summary>
/// Stores snapshots signed by Rekey's document key. A snapshot counts only if the ledger still has its line with that hash; otherwise it
/// is skipped and the ledger is read instead.
/// </summary>
/// <remarks>
/// A document is a JWS that names line, hash and the SHA-256 of what follows it after a line feed: the views as JSON, compressed with gzip.
/// </remarks>
public sealed class SignedSnapshots(ISnapshotStore store, ILedger ledger, IDocumentSigner signer, GovernedKeys governedKeys)
    : ILedgerSnapshots
{
    private const string Type = "rekey-snapshot+jwt";

    /// <summary>
    /// How many are kept. A newer release may not understand the newest, and after a rollback the older release needs its own.
    /// </summary>
    private const int Kept = 3;

    public async Task<LedgerSnapshot?> NewestAsync(CancellationToken cancellationToken)
    {
        var tried = 0;
        await foreach (var line in store.ListAsync(cancellationToken))
        {
            if (
                Open(await store.ReadAsync(line, cancellationToken), await signer.DescribeAsync(cancellationToken)) is { } snapshot
                && await FitsAsync(snapshot, cancellationToken)
            )
            {
                return snapshot;
            }

            if (++tried == Kept)
            {
                break;
            }
        }

        return null;
    }

    /// <summary>Signs and stores a snapshot, and removes all but the last few.</summary>
    public async Task KeepAsync(LedgerSnapshot snapshot, CancellationToken cancellationToken)
    {
        var body = Compressed(JsonSerializer.SerializeToUtf8Bytes(snapshot.Views, RecordJson.Options));
        var head = new Head(governedKeys.Environment, snapshot.Line, snapshot.Hash, Convert.ToHexStringLower(SHA256.HashData(body)));
        var signed = await SignedDocument.SignAsync(
            signer,
            Type,
            JsonSerializer.SerializeToUtf8Bytes(head, RecordJson.Options),
            cancellationToken
        );
        await store.KeepAsync(snapshot.Line, (byte[])[.. signed, (byte)'\n', .. body], cancellationToken);
        var lines = new List<long>();
        await foreach (var line in store.ListAsync(cancellationToken))
        {
            lines.Add(line);
        }

        foreach (var line in lines.Order().SkipLast(Kept))
        {
            await store.RemoveAsync(line, cancellationToken);
        }
    }

    private LedgerSnapshot? Open(ReadOnlyMemory<byte> document, (PublicJwk Key, string Algorithm) by)
    {
        var end = document.Span.IndexOf((byte)'\n');
        if (end < 0)
        {
            return null;
        }

        try
        {
            var body = document[(end + 1)..];
            var head = JsonSerializer.Deserialize<Head>(
                SignedDocument.Open(document.Span[..end], Type, by.Key, by.Algorithm),
                RecordJson.Options
            )!;
            return
                string.Equals(head.Environment, governedKeys.Environment, StringComparison.Ordinal)
                && string.Equals(head.Sha256, Convert.ToHexStringLower(SHA256.HashData(body.Span)), StringComparison.Ordinal)
                ? new(head.Line, head.Hash, JsonSerializer.Deserialize<Dictionary<string, SavedView>>(Expanded(body), RecordJson.Options)!)
                : null;
        }
        catch (Exception e) when (e is CannotContinueException { Reason: "document-refused" } or JsonException or InvalidDataException)
        {
            return null;
        }
    }

    private async Task<bool> FitsAsync(LedgerSnapshot snapshot, CancellationToken cancellationToken) =>
        await ledger.FindAsync(snapshot.Line, cancellationToken) is { } line
        && string.Equals(LedgerChain.Hash(LedgerChain.Format(line)), snapshot.Hash, StringComparison.Ordinal);

    private static byte[] Compressed(byte[] plain)
    {
        using var to = new MemoryStream();
        using (var gzip = new GZipStream(to, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return to.ToArray();
    }

    private static byte[] Expanded(ReadOnlyMemory<byte> body)
    {
        using var to = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress))
        {
            gzip.CopyTo(to);
        }

        return to.ToArray();
    }

    /// <summary>The signed header of a snapshot.</summary>
    private sealed record Head(string Environment, long Line, string Hash, string Sha256);
}
