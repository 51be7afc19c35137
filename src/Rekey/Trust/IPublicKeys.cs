using Rekey.Core;
using Rekey.Trust.Jose;

namespace Rekey.Trust;

/// <summary>Reads public keys from the vault that made them. Key material in a table or a message is never used.</summary>
public interface IPublicKeys
{
    /// <summary>The public key of one version; null when the vault has no such version.</summary>
    /// <exception cref="RetryLaterException">The vault cannot be reached or throttles.</exception>
    Task<PublicJwk?> ReadAsync(SigningKey key, string version, CancellationToken cancellationToken);

    /// <summary>Caches a public key that the vault has just given with another answer.</summary>
    void Remember(SigningKey key, string version, PublicJwk publicKey);
}
