using System.Collections.Concurrent;
using Rekey.Core;
using Rekey.Trust.Documents;
using Rekey.Trust.History;
using Rekey.Trust.Lists;

namespace Rekey.Functions.Trust.Views;

/// <summary>The trust list as this instance serves it.</summary>
/// <param name="List">Signed by our key, or made here out of ledger and vaults.</param>
/// <param name="Jws">The signed list; null when the document key could not sign the one that was made here.</param>
/// <param name="MadeOf">The facts that it was made of here; null when it stood in the container.</param>
/// <param name="Missing">Issuers of which a vault did not give a key for a list that was made here: nobody can tell what they sign.</param>
public sealed record TrustView(TrustList List, ServedDocument? Jws, TrustHistory? MadeOf, IReadOnlySet<string> Missing)
{
    private readonly ConcurrentDictionary<string, ServedDocument> _jwks = new(StringComparer.Ordinal);

    /// <summary>The JWK Set of an issuer.</summary>
    /// <exception cref="RetryLaterException">A vault did not give all of its keys.</exception>
    public ServedDocument Jwks(string issuerName) =>
        Missing.Contains(issuerName)
            ? throw new RetryLaterException("A vault does not give a key of this issuer.")
            : _jwks.GetOrAdd(issuerName, name => new(TrustDocuments.Jwks(List, name)));
}
