using Rekey.Trust;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Declared;

namespace Rekey.Exposures.Access;

/// <summary>The vaults whose access can be read, because the declaration names their resource ids.</summary>
public sealed class DeclaredVaults(VaultAccessOptions options)
{
    private readonly Dictionary<string, DeclaredVault> _vaults = (options.ToDeclaration()?.Vaults ?? [])
        .DistinctBy(v => v.Name, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(v => v.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The vault of a key; null when the declaration does not name it.</summary>
    public DeclaredVault? Find(SigningKey key) => _vaults.GetValueOrDefault(key.VaultUri.Authority);
}
