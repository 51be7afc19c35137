using Rekey.Core;
using Rekey.Trust.Jose;

namespace Rekey.Departures.SecurityEvents;

/// <summary>Reads the signing keys of a transmitter, by its metadata (<c>/.well-known/ssf-configuration</c>).</summary>
public interface ITransmitterKeys
{
    /// <summary>The keys with this id; empty when the transmitter has none.</summary>
    /// <param name="issuer">A configured issuer; no other is ever read.</param>
    /// <exception cref="RetryLaterException">They cannot be read.</exception>
    Task<IReadOnlyList<PublicJwk>> FindAsync(Uri issuer, string kid, CancellationToken cancellationToken);
}
