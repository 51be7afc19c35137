using System.Text.RegularExpressions;
using Rekey.Local.KeyVault.Keys;
using Rekey.Local.KeyVault.Server;

namespace Rekey.Local.KeyVault.Operations;

/// <summary>
/// What may be done with a key in its present state (Microsoft Learn, "Key types, algorithms, and operations" and "Azure Key Vault
/// soft-delete overview").
/// </summary>
internal static partial class KeyRules
{
    /// <summary>
    /// A disabled version does nothing that needs the private key. Outside nbf..exp nothing new is made with it, but what was made can
    /// still be verified and opened.
    /// </summary>
    /// <exception cref="VaultException">403. KeyDisabled is the service's inner code; the others are not confirmed.</exception>
    public static void CheckUse(StoredKeyVersion version, string op, DateTimeOffset now)
    {
        var isPrivate = op is "sign" or "decrypt" or "unwrapKey";
        if (!version.Enabled && isPrivate)
        {
            throw VaultException.Forbidden($"Operation {op} is not allowed on a disabled key.", "KeyDisabled");
        }

        var makesNew = op is "sign" or "encrypt" or "wrapKey";
        if (makesNew && version.Expires <= now)
        {
            throw VaultException.Forbidden($"Operation {op} is not allowed on an expired key.", "KeyExpired");
        }

        if (makesNew && version.NotBefore > now)
        {
            throw VaultException.Forbidden($"Operation {op} is not allowed on a key that is not yet valid.", "KeyNotYetValid");
        }

        if (!version.Ops.Contains(op))
        {
            throw VaultException.Forbidden($"Operation {op} is not permitted on this key.", "KeyOperationForbidden");
        }
    }

    /// <summary>A key that a certificate owns is changed through the certificate only.</summary>
    /// <exception cref="VaultException">403. That the service says 403, and how it words it, is not confirmed.</exception>
    public static void CheckNotManaged(StoredKey key, string operation)
    {
        if (key.Managed)
        {
            throw VaultException.Forbidden(
                $"Operation {operation} is not allowed on key {key.Name}: its lifetime is managed by a certificate.",
                null
            );
        }
    }

    /// <exception cref="VaultException">409: the name is taken by a key that is being deleted, deleted or being recovered.</exception>
    public static void CheckNameIsFree(StoredKey? key)
    {
        switch (key?.State)
        {
            case KeyState.Deleting:
                throw VaultException.Conflict($"Key {key.Name} is currently being deleted.", "ObjectIsBeingDeleted");
            case KeyState.Deleted:
                throw VaultException.Conflict(
                    $"Key {key.Name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, "
                        + "the key can only be recovered or purged.",
                    "ObjectIsDeletedButRecoverable"
                );
            case KeyState.Recovering:
                throw VaultException.Conflict($"Key {key.Name} is currently being recovered.", "ObjectIsBeingRecovered");
        }
    }

    /// <exception cref="VaultException">400: not 1 to 127 letters, digits and dashes.</exception>
    public static void CheckName(string name)
    {
        if (!Name().IsMatch(name))
        {
            throw VaultException.BadParameter($"The request URI contains an invalid name: {name}");
        }
    }

    [GeneratedRegex("^[0-9a-zA-Z-]{1,127}\\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Name();
}
