using Rekey.Core;

namespace Rekey.Trust.Publishing;

/// <summary>Reads a JWKS back at its public address, as a verifier would: over HTTP, past every cache that Rekey controls.</summary>
public interface IPublishedJwks
{
    /// <summary>The thumbprints and kids that the document at this configured address holds.</summary>
    /// <exception cref="RetryLaterException">The address does not answer with a JWKS.</exception>
    Task<IReadOnlyList<PublishedKey>> ReadAsync(Uri address, CancellationToken cancellationToken);
}
