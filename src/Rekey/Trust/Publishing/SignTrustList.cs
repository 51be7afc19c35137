using Rekey.Core;
using Rekey.Trust.Documents;
using Rekey.Trust.Lists;

namespace Rekey.Trust.Publishing;

/// <summary>Signs the trust list for verifiers, and opens signed lists.</summary>
public sealed class SignTrustList(IDocumentSigner signer, GovernedKeys governedKeys, TrustOptions options, TimeProvider timeProvider)
{
    public Task<byte[]> SignAsync(TrustList list, CancellationToken cancellationToken) =>
        SignedDocument.SignAsync(signer, TrustDocuments.TrustListType, TrustDocuments.Payload(list), cancellationToken);

    /// <summary>The announced document key that follows the present one; null when there is none.</summary>
    public Task<DocumentKey?> FindNextKeyAsync(CancellationToken cancellationToken) => signer.FindNextAsync(cancellationToken);

    /// <summary>The list; or why it is refused, when Rekey's present document key has not signed it for this environment.</summary>
    public async Task<(TrustList? List, string? Refusal)> OpenAsync(Document document, CancellationToken cancellationToken)
    {
        var (key, algorithm) = await signer.DescribeAsync(cancellationToken);
        try
        {
            return (TrustDocuments.Open(document.Content.Span, key, algorithm, governedKeys.Environment), null);
        }
        catch (CannotContinueException e)
        {
            return (null, e.Message);
        }
    }

    /// <param name="document">The stored document; null when there is none.</param>
    internal async Task<StandingList> StandingAsync(Document? document, CancellationToken cancellationToken) =>
        document is null ? new(Document: null, List: null) : new(document, (await OpenAsync(document, cancellationToken)).List);

    /// <summary>Whether less than half of its validity has passed.</summary>
    public bool IsYoung(TrustList list) => timeProvider.GetUtcNow() < list.ValidUntil - (options.ListValidity / 2);
}
