using Rekey.Trust.Jose;

namespace Rekey.Trust.Vaults;

/// <summary>A version with its public key.</summary>
/// <param name="Operations"><c>key_ops</c>: sign, verify, encrypt, decrypt, wrapKey, unwrapKey.</param>
/// <param name="Managed">True when a certificate owns the key.</param>
public sealed record KeyVersion(
    string Version,
    bool Enabled,
    DateTimeOffset Created,
    PublicJwk PublicKey,
    IReadOnlyList<string> Operations,
    bool Managed,
    IReadOnlyDictionary<string, string> Tags
)
{
    /// <summary>The window outside which the vault itself refuses to sign; null when unset.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? ExpiresOn { get; init; }

    /// <summary>Whether the vault would sign with this version.</summary>
    public bool CanSign => Enabled && Operations.Contains("sign", StringComparer.Ordinal);

    /// <summary>Whether data may be encrypted under this version, so that disabling it would lose the data.</summary>
    public bool Protects => Operations.Any(o => o is "encrypt" or "decrypt" or "wrapKey" or "unwrapKey");
}
