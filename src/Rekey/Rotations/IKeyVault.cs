using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>What Rekey needs of a key vault, in the names of the official SDK.</summary>
/// <remarks>
/// Every call throws <see cref="RetryLaterException"/> when the vault throttles or cannot be reached, and
/// <see cref="CannotContinueException"/> with one of <see cref="VaultReasons"/> when it refuses. A call that only reads or that
/// sets a state may be repeated freely; <see cref="RotateKeyAsync"/> is sent at most once a call, unless the vault said 429.
/// </remarks>
public interface IKeyVault
{
    /// <summary>Makes a new version. After <see cref="RetryLaterException"/> the outcome is open: a version may have been made.</summary>
    Task<KeyVersion> RotateKeyAsync(SigningKey key, CancellationToken cancel);

    /// <summary>Sets what is not null in <paramref name="change"/>.</summary>
    Task<KeyVersion> UpdateKeyPropertiesAsync(SigningKey key, string version, KeyChange change, CancellationToken cancel);

    /// <summary>One version, the newest when <paramref name="version"/> is null.</summary>
    Task<KeyVersion> GetKeyAsync(SigningKey key, string? version, CancellationToken cancel);

    /// <summary>All keys of a vault that are not deleted.</summary>
    Task<IReadOnlyList<KeyProperties>> GetPropertiesOfKeysAsync(Uri vaultUri, CancellationToken cancel);

    /// <summary>All versions, oldest first. List items carry no key material and no operations.</summary>
    Task<IReadOnlyList<KeyVersionProperties>> GetPropertiesOfKeyVersionsAsync(SigningKey key, CancellationToken cancel);
}

/// <summary>What a list item says of a key: the attributes of its newest version.</summary>
/// <param name="Updated">When these were changed last, in whole seconds of the vault's clock.</param>
public sealed record KeyProperties(string Name, DateTimeOffset Updated);

/// <summary>What a list item says of a version.</summary>
public sealed record KeyVersionProperties(string Version, bool Enabled, DateTimeOffset Created);

/// <summary>A version with its public key.</summary>
/// <param name="Operations"><c>key_ops</c>: sign, verify, encrypt, decrypt, wrapKey, unwrapKey.</param>
/// <param name="Managed">True when a certificate owns the key.</param>
public sealed record KeyVersion(string Version, bool Enabled, DateTimeOffset Created, PublicJwk PublicKey,
    IReadOnlyList<string> Operations, bool Managed, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>The window outside which the vault itself refuses to sign; null when unset.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? ExpiresOn { get; init; }

    /// <summary>Whether the vault would sign with this version.</summary>
    public bool CanSign => Enabled && Operations.Contains("sign", StringComparer.Ordinal);

    /// <summary>Whether data may be locked under this version, so that disabling it would lose the data.</summary>
    public bool Protects => Operations.Any(o => o is "encrypt" or "decrypt" or "wrapKey" or "unwrapKey");
}

/// <summary>A change of a version's attributes; null leaves a member as it is.</summary>
public sealed record KeyChange(bool? Enabled = null, IReadOnlyList<string>? Operations = null, IReadOnlyDictionary<string, string>? Tags = null);

/// <summary>Why a vault refuses, as stable codes in <see cref="CannotContinueException.Reason"/>.</summary>
public static class VaultReasons
{
    public const string NotFound = "key-not-found";
    public const string Deleted = "key-deleted";
    public const string Forbidden = "vault-forbidden";
    public const string Firewall = "vault-firewall";
    public const string Disabled = "key-disabled";
    public const string Managed = "key-managed-by-certificate";
    public const string Unauthorized = "vault-unauthorized";
    public const string BadRequest = "vault-bad-request";

    /// <summary>Not said by a vault: what stands for one that does not answer.</summary>
    public const string Unreachable = "vault-unreachable";
}
