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
/// A document is a JWS that names the line, its hash, the views, and the SHA-256 of what follows it after a line feed: the views' states,
/// one after the other.
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
            // A start waits for both.
            var (document, key) = (store.ReadAsync(line, cancellationToken), signer.DescribeAsync(cancellationToken));
            await Task.WhenAll(document, key);
            if (Open(await document, await key) is { } snapshot && await FitsAsync(snapshot, cancellationToken))
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
        byte[] body = [.. snapshot.Views.SelectMany(v => v.Value.Packed.ToArray())];
        var head = new Head(
            governedKeys.Environment,
            snapshot.Line,
            snapshot.Hash,
            Convert.ToHexStringLower(SHA256.HashData(body)),
            [.. snapshot.Views.Select(v => new HeadView(v.Key, v.Value.Version, v.Value.Packed.Length))]
        );
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
                ? new(head.Line, head.Hash, Views(head, body))
                : null;
        }
        catch (Exception e) when (e is CannotContinueException { Reason: "document-refused" } or JsonException)
        {
            return null;
        }
    }

    private async Task<bool> FitsAsync(LedgerSnapshot snapshot, CancellationToken cancellationToken) =>
        await ledger.FindAsync(snapshot.Line, cancellationToken) is { } line
        && string.Equals(LedgerChain.Hash(LedgerChain.Format(line)), snapshot.Hash, StringComparison.Ordinal);

    private static Dictionary<string, SavedView> Views(Head head, ReadOnlyMemory<byte> body)
    {
        var (views, at) = (new Dictionary<string, SavedView>(StringComparer.Ordinal), 0);
        foreach (var view in head.Views)
        {
            views.Add(view.Name, new(view.Version, body.Slice(at, view.Length)));
            at += view.Length;
        }

        return views;
    }

    /// <summary>The signed header of a snapshot.</summary>
    private sealed record Head(string Environment, long Line, string Hash, string Sha256, IReadOnlyList<HeadView> Views);

    /// <param name="Length">The bytes of its state.</param>
    private sealed record HeadView(string Name, int Version, int Length);
}
