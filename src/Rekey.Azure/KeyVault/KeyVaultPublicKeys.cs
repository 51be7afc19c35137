using System.Collections.Concurrent;
using Rekey.Core;
using Rekey.Trust;
using Rekey.Trust.Jose;
using Rekey.Trust.Vaults;

namespace Rekey.Azure.KeyVault;

/// <summary>Reads public keys from the vault. A version never changes, so each process reads it once.</summary>
public sealed class KeyVaultPublicKeys(IKeyVault vault) : IPublicKeys
{
    private readonly ConcurrentDictionary<(SigningKey Key, string Version), PublicJwk> _read = new();

    public void Remember(SigningKey key, string version, PublicJwk publicKey) => _read.TryAdd((key, version), publicKey);

    public async Task<PublicJwk?> ReadAsync(SigningKey key, string version, CancellationToken cancellationToken)
    {
        if (_read.TryGetValue((key, version), out var known))
        {
            return known;
        }

        try
        {
            var read = await vault.GetKeyAsync(key, version, cancellationToken);
            return _read.GetOrAdd((key, version), read.PublicKey);
        }
        catch (CannotContinueException refused) when (refused.Reason is VaultReasons.NotFound or VaultReasons.Deleted)
        {
            // Do not cache this: a deleted key can be recovered.
            return null;
        }
    }
}
