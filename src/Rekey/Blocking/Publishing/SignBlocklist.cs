using System.Text;
using System.Text.Json;
using Rekey.Core;
using Rekey.Ledgers.Forks;
using Rekey.Trust;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;

namespace Rekey.Blocking.Publishing;

/// <summary>Signs the blocklist for gateways, and opens signed lists.</summary>
public sealed class SignBlocklist(IDocumentSigner signer, GovernedKeys governedKeys, TrustOptions options, TimeProvider timeProvider)
{
    /// <summary>Signs the list for publication.</summary>
    /// <param name="lines">Hashes of the ledger's lines.</param>
    /// <param name="acceptedNumber">The number of the last list in spite of which approvers accepted the ledger.</param>
    public async Task<(PublishedBlocks Published, byte[] Document)> SignAsync(
        Blocklist list,
        LineHashes lines,
        long acceptedNumber,
        CancellationToken cancellationToken
    )
    {
        var now = timeProvider.GetUtcNow();
        var published = new PublishedBlocks(governedKeys.Environment, now, now + options.ListValidity, list)
        {
            Lines = lines,
            AcceptedNumber = acceptedNumber,
        };
        return (published, await SignedDocument.SignAsync(signer, BlockDocuments.Type, BlockDocuments.Bytes(published), cancellationToken));
    }

    /// <summary>A published list; null when Rekey's present document key has not signed it for this environment.</summary>
    public async Task<PublishedBlocks?> OpenAsync(Document document, CancellationToken cancellationToken)
    {
        var (key, algorithm) = await signer.DescribeAsync(cancellationToken);
        try
        {
            return BlockDocuments.Open(document.Content.Span, key, algorithm, governedKeys.Environment);
        }
        catch (CannotContinueException)
        {
            return null;
        }
    }

    /// <summary>Whether less than half of its validity has passed.</summary>
    public bool IsYoung(PublishedBlocks published) => timeProvider.GetUtcNow() < published.ValidUntil - (options.ListValidity / 2);

    /// <summary>The content of a document, without a check of its signature; null when it is no list.</summary>
    internal static PublishedBlocks? Unverified(Document? document)
    {
        try
        {
            return document is not null && CompactJws.TrySplit(Encoding.ASCII.GetString(document.Content.Span), out var parts)
                ? BlockDocuments.ReadPublished(StrictBase64Url.Decode(parts.Payload))
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
