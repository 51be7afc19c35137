using Rekey.Findings;
using Rekey.Trust;

namespace Rekey.Blocking;

/// <summary>
/// Keeps the bytes of changes and bases by their hash. Who can write to the table can spoil a piece, not the list: what does not have the hash
/// is taken from the signed documents and put back, or refused.
/// </summary>
public sealed class BlockStore(IHintRows<BlockPiece> pieces, IDocuments documents, IFindings findings, TimeProvider clock)
{
    /// <summary>Keeps these bytes. Until the ledger names their hash nobody reads them.</summary>
    public async Task<string> SaveAsync(byte[] bytes, CancellationToken cancel)
    {
        var hash = BlockDocuments.Hash(bytes);
        var count = (bytes.Length + BlockPiece.MaxLength - 1) / BlockPiece.MaxLength;
        for (var index = 0; index < count; index++)
        {
            await PutAsync(new(hash, index, count, bytes[(index * BlockPiece.MaxLength)..Math.Min(bytes.Length, (index + 1) * BlockPiece.MaxLength)]), cancel);
        }

        return hash;
    }

    /// <summary>The bytes with that hash as the table has them; null when it has not, or has others in their place.</summary>
    public async Task<byte[]?> FindAsync(string hash, CancellationToken cancel)
    {
        using var bytes = new MemoryStream();
        try
        {
            for (var (index, count) = (0, 1); index < count; index++)
            {
                if (await pieces.FindAsync(hash, BlockPiece.RowOf(index), cancel) is not { Value: var piece })
                {
                    return null;
                }

                count = piece.Count;
                bytes.Write(piece.Content);
                if (bytes.Length > BlockDocuments.Base.MaxBytes)
                {
                    return null;
                }
            }
        }
        catch (CannotContinueException)
        {
            // Not even a record any more: as good as gone.
            return null;
        }

        return BlockDocuments.Hash(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)) == hash ? bytes.ToArray() : null;
    }

    /// <summary>The bytes with that hash out of the signed documents, put back where they belong; somebody hears of it either way.</summary>
    /// <exception cref="CannotContinueException">Nobody has them any more.</exception>
    public async Task<byte[]> RestoreAsync(string hash, CancellationToken cancel)
    {
        var published = await PublishedAsync(hash, cancel);
        var finding = BlockFindings.RowAltered(hash, restored: published is not null, clock.GetUtcNow());
        await findings.RaiseAsync(finding, cancel);
        if (published is null)
        {
            throw new CannotContinueException(finding.Kind, finding.Title, finding.Remedy);
        }

        await SaveAsync(published, cancel);
        return published;
    }

    /// <summary>Empties what a newer base has made superfluous: its room is needed, its place is not.</summary>
    public async Task EmptyAsync(string hash, CancellationToken cancel)
    {
        for (var (index, count) = (0, 1); index < count; index++)
        {
            if (await pieces.FindAsync(hash, BlockPiece.RowOf(index), cancel) is not { } read)
            {
                return;
            }

            count = read.Value.Count;
            if (read.Value.Content.Length > 0)
            {
                // Somebody else empties it too: that is as good.
                await pieces.ReplaceAsync(read, read.Value with { Content = [] }, cancel);
            }
        }
    }

    private async Task PutAsync(BlockPiece piece, CancellationToken cancel)
    {
        // The place is named for the hash: what stands there and is not this, or cannot be read, is nobody's.
        if (await pieces.InsertAsync(piece, cancel) is null
            && !((await pieces.FindReadableAsync(piece.Partition, piece.Row, cancel)).Value is { } there
                && there.Count == piece.Count && there.Content.AsSpan().SequenceEqual(piece.Content)))
        {
            await pieces.OverwriteAsync(piece, cancel);
        }
    }

    private async Task<byte[]?> PublishedAsync(string hash, CancellationToken cancel)
    {
        var changes = PublishedChanges.Parse(await documents.FindAsync(BlockDocuments.Changes, known: null, cancel));
        var start = PublishedBase.Parse(await documents.FindAsync(BlockDocuments.Base, known: null, cancel));
        var payloads = (changes?.Changes ?? []).Concat(start?.Parts ?? []);
        return payloads.Select(PublishedChanges.PayloadOf).FirstOrDefault(p => p is not null && BlockDocuments.Hash(p) == hash);
    }
}
