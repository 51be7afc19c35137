using System.Text;
using System.Text.Json;
using Rekey.Trust;

namespace Rekey.Blocking;

/// <summary>Signs the blocklist for gateways, and opens what bears that signature.</summary>
public sealed class SignBlocklist(IDocumentSigner signer, Estate estate, TrustOptions options, TimeProvider clock)
{
    /// <summary>The list as it is published.</summary>
    public async Task<(PublishedBlocks Published, byte[] Document)> SignAsync(Blocklist list, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var published = new PublishedBlocks(estate.Environment, now, now + options.ListValidity, list);
        return (published, await SignedDocument.SignAsync(signer, BlockDocuments.Type, BlockDocuments.Bytes(published), cancel));
    }

    /// <summary>A published list; null when Rekey's present document key has not signed it for this environment.</summary>
    public async Task<PublishedBlocks?> OpenAsync(Document document, CancellationToken cancel)
    {
        var (key, algorithm) = await signer.DescribeAsync(cancel);
        try
        {
            var published = BlockDocuments.ReadPublished(SignedDocument.Open(document.Content.Span, BlockDocuments.Type, key, algorithm));
            return string.Equals(published.Environment, estate.Environment, StringComparison.Ordinal) ? published : null;
        }
        catch (Exception e) when (e is CannotContinueException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether less than half of its validity has passed.</summary>
    public bool IsYoung(PublishedBlocks published) => clock.GetUtcNow() < published.ValidUntil - (options.ListValidity / 2);

    /// <summary>What a document says, its signature not checked; null when it is no list.</summary>
    internal static PublishedBlocks? Unverified(Document? document)
    {
        try
        {
            return document is not null && CompactJws.TrySplit(Encoding.ASCII.GetString(document.Content.Span), out var parts)
                ? BlockDocuments.ReadPublished(StrictBase64Url.Decode(parts.Payload)) : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
