using Rekey.Core;

namespace Rekey.Trust.Vaults;

/// <summary>A key vault with the operations that Rekey needs, under the names of the official SDK.</summary>
/// <remarks>
/// Every call throws <see cref="RetryLaterException"/> when the vault throttles or cannot be reached, and
/// <see cref="CannotContinueException"/> with one of <see cref="VaultReasons"/> when it refuses. A call that only reads or that sets a
/// state may be repeated freely; <see cref="RotateKeyAsync"/> is sent at most once a call, unless the vault said 429.
/// </remarks>
public interface IKeyVault
{
    /// <summary>Makes a new version. After <see cref="RetryLaterException"/> a version may or may not have been made.</summary>
    Task<KeyVersion> RotateKeyAsync(SigningKey key, CancellationToken cancellationToken);

    /// <summary>Sets what is not null in <paramref name="change"/>.</summary>
    Task<KeyVersion> UpdateKeyPropertiesAsync(SigningKey key, string version, KeyChange change, CancellationToken cancellationToken);

    /// <summary>One version, the newest when <paramref name="version"/> is null.</summary>
    Task<KeyVersion> GetKeyAsync(SigningKey key, string? version, CancellationToken cancellationToken);

    /// <summary>All keys of a vault that are not deleted.</summary>
    Task<IReadOnlyList<KeyProperties>> GetPropertiesOfKeysAsync(Uri vaultUri, CancellationToken cancellationToken);

    /// <summary>All versions, oldest first. List items carry no key material and no operations.</summary>
    Task<IReadOnlyList<KeyVersionProperties>> GetPropertiesOfKeyVersionsAsync(SigningKey key, CancellationToken cancellationToken);
}
