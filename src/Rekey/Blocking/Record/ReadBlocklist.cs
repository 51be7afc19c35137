using System.Text.Json;
using Rekey.Blocking.Publishing;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Trust.Documents;

namespace Rekey.Blocking.Record;

/// <summary>
/// Reads the blocklist: the document that the ledger names. It lies beside the ledger, where nobody can write who can write to the state
/// account only (T9). One that is gone or altered all the same is made of the published list, if that is the one the ledger names.
/// </summary>
public sealed class ReadBlocklist(
    BlockLedger ledger,
    IBlockFiles files,
    IDocuments documents,
    IFindings findings,
    TimeProvider timeProvider
)
{
    private Blocklist _known = Blocklist.Empty;

    /// <summary>The list that holds now.</summary>
    /// <exception cref="CannotContinueException">Nobody has its document any more.</exception>
    public async Task<Blocklist> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var named = (await ledger.ReadAsync(cancellationToken)).Current;
            if (_known is { } known && Is(known, named))
            {
                return known;
            }

            if (Read(await files.ReadAsync(BlockDocuments.FileOf(named), cancellationToken), named) is { } list)
            {
                return _known = list;
            }

            // Perhaps it was removed because so many others have followed meanwhile.
            if (named == (await ledger.ReadAsync(cancellationToken)).Current)
            {
                return _known = named.Number == 0 ? Blocklist.Empty : await RestoreAsync(named, cancellationToken);
            }
        }
    }

    private async Task<Blocklist> RestoreAsync(BlockFact named, CancellationToken cancellationToken)
    {
        var published = SignBlocklist.Unverified(await documents.FindAsync(BlockDocuments.Kind, known: null, cancellationToken))?.List;
        var list = published is not null && Is(published, named) ? published : null;
        var finding = BlockFindings.Altered(named, restored: list is not null, timeProvider.GetUtcNow());
        await findings.RaiseAsync(finding, cancellationToken);
        if (list is null)
        {
            throw new CannotContinueException(finding.Kind, finding.Title, finding.Remedy);
        }

        await files.KeepAsync(BlockDocuments.FileOf(named), BlockDocuments.Bytes(list), cancellationToken);
        return list;
    }

    private static Blocklist? Read(ReadOnlyMemory<byte> bytes, BlockFact named)
    {
        try
        {
            return string.Equals(BlockDocuments.Hash(bytes.Span), named.Sha256, StringComparison.Ordinal)
                ? BlockDocuments.ReadList(bytes.Span)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool Is(Blocklist list, BlockFact named) =>
        list.Number == named.Number && string.Equals(list.Sha256, named.Sha256, StringComparison.Ordinal);
}
