using System.Text.Json;
using Rekey.Blocking.Publishing;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Trust.Documents;

namespace Rekey.Blocking.Record;

/// <summary>
/// Reads the blocklist: the document that the ledger names. It is next to the ledger, so write access to the state account alone cannot
/// change it (T9). If it is gone or altered, it is restored from the published list, if that is the one the ledger names.
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

    /// <summary>Reads the present list.</summary>
    /// <exception cref="CannotContinueException">No copy of its document is left.</exception>
    public async Task<Blocklist> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var named = (await ledger.ReadAsync(cancellationToken)).Current;
            var known = _known;
            if (Is(known, named))
            {
                return known;
            }

            if (Read(await files.ReadAsync(BlockDocuments.FileOf(named), cancellationToken), named) is { } list)
            {
                return _known = list;
            }

            // It may have been removed because many others have followed meanwhile.
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
