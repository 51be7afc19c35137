namespace Rekey.Local.KeyVault.Server;

/// <summary>Where the vault is: known when it listens, which is after everything that writes ids has been made.</summary>
internal sealed class VaultAddress
{
    /// <summary><c>https://localhost:{port}</c>, without a slash at the end.</summary>
    public string Root { get; set; } = string.Empty;
}
