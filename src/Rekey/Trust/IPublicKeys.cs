using Rekey.Core;
using Rekey.Trust.Jose;

namespace Rekey.Trust;

/// <summary>Reads public keys where they are made: in the vault. What a table or a message says about key material counts for
/// nothing.</summary>
public interface IPublicKeys
{
    /// <summary>The public key of one version; null when the vault has no such version.</summary>
    /// <exception cref="RetryLaterException">The vault cannot be reached or throttles.</exception>
    Task<PublicJwk?> ReadAsync(SigningKey key, string version, CancellationToken cancellationToken);

    /// <summary>The vault has just given this public key with another answer: it need not be asked again for it.</summary>
    void Remember(SigningKey key, string version, PublicJwk publicKey);
}
