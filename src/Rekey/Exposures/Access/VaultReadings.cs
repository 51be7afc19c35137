using Rekey.Trust;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Reading;

namespace Rekey.Exposures.Access;

/// <summary>Reads the access to the vaults of governed keys: each vault once in an inquiry.</summary>
public sealed class VaultReadings(ReadVaultAccess read, DeclaredVaults vaults)
{
    /// <summary>The access to the vault of a key; null when no declaration names the vault.</summary>
    public async Task<VaultReading?> FindAsync(ExposureInquiry inquiry, SigningKey key, CancellationToken cancellationToken) =>
        vaults.Find(key) is { } vault
            ? await inquiry.OnceAsync($"access to {vault.ResourceId}", () => read.ReadAsync(vault.ResourceId, cancellationToken))
            : null;
}
