namespace Rekey.Local.KeyVault.Server;

/// <summary>The address of the vault. It is known only when the vault listens, after the writers of ids were made.</summary>
internal sealed class VaultAddress
{
    /// <summary><c>https://localhost:{port}</c>, without a slash at the end.</summary>
    public string Root { get; set; } = string.Empty;
}
