using System.Collections.Concurrent;
using Rekey.Core;
using Rekey.Trust.Documents;
using Rekey.Trust.History;
using Rekey.Trust.Lists;

namespace Rekey.Functions.Trust.Views;

/// <summary>The trust list that this instance serves.</summary>
/// <param name="List">The list, signed by our key or made here from ledger and vaults.</param>
/// <param name="Jws">The signed list; null when the document key could not sign the one that was made here.</param>
/// <param name="MadeOf">The facts of a list that was made here; null for the list in the container.</param>
/// <param name="Missing">Issuers for which a vault did not give a key for a list that was made here. Their tokens cannot be judged.</param>
public sealed record TrustView(TrustList List, ServedDocument? Jws, TrustHistory? MadeOf, IReadOnlySet<string> Missing)
{
    private readonly ConcurrentDictionary<string, ServedDocument> _jwks = new(StringComparer.Ordinal);

    /// <summary>Gives the JWK Set of an issuer.</summary>
    /// <exception cref="RetryLaterException">A vault did not give all of its keys.</exception>
    public ServedDocument Jwks(string issuerName) =>
        Missing.Contains(issuerName)
            ? throw new RetryLaterException("A vault does not give a key of this issuer. Try again later.")
            : _jwks.GetOrAdd(issuerName, name => new(TrustDocuments.Jwks(List, name)));
}
