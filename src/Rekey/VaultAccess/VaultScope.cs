using Rekey.VaultAccess.Roles;

namespace Rekey.VaultAccess;

/// <summary>A scope relative to a vault.</summary>
/// <param name="IsInherited">Whether it is above the vault, and also applies to other resources.</param>
/// <param name="Kind">Below the vault: <c>keys</c>, <c>secrets</c> or <c>certificates</c>; null at the vault and above.</param>
/// <param name="Name">Below the vault: the name of the object.</param>
public sealed record VaultScope(bool IsInherited, string? Kind, string? Name)
{
    /// <summary>The scope above all subscriptions and management groups ("elevated access").</summary>
    public const string Root = "/";

    private static readonly string[] Kinds = ["keys", "secrets", "certificates"];

    /// <summary>Whether a text is the resource id of a vault.</summary>
    public static bool IsVault(string resourceId) =>
        resourceId.Split('/')
            is [
                "",
                var subscriptions,
                var subscription,
                var groups,
                { Length: > 0 },
                var providers,
                var provider,
                var type,
                { Length: > 0 },
            ]
        && Guid.TryParse(subscription, out _)
        && $"{subscriptions}/{groups}/{providers}/{provider}/{type}".Equals(
            "subscriptions/resourceGroups/providers/Microsoft.KeyVault/vaults",
            StringComparison.OrdinalIgnoreCase
        );

    /// <summary>Parses a scope; null if it does not lead to the vault's contents.</summary>
    public static VaultScope? Of(string vaultId, string scope)
    {
        var trimmed = scope.TrimEnd('/');
        if (trimmed.Equals(vaultId, StringComparison.OrdinalIgnoreCase))
        {
            return new(IsInherited: false, Kind: null, Name: null);
        }

        if (!trimmed.StartsWith(vaultId + "/", StringComparison.OrdinalIgnoreCase))
        {
            // A resource id has no management group: a listed scope that is not below the vault is above it.
            return new(IsInherited: true, Kind: null, Name: null);
        }

        return
            trimmed[(vaultId.Length + 1)..].Split('/') is [var kind, var name, ..] && Kinds.Contains(kind, StringComparer.OrdinalIgnoreCase)
            ? new(IsInherited: false, kind.ToLowerInvariant(), name.ToLowerInvariant())
            : null;
    }

    /// <summary>Whether an operation can apply at this scope.</summary>
    public bool Takes(string operation) =>
        Kind is null
        || operation.StartsWith($"{KeyVaultActions.Vaults}{Kind}/", StringComparison.OrdinalIgnoreCase)
        || (Kind == "keys" && operation.StartsWith(KeyVaultActions.Vaults + "keyrotationpolicies/", StringComparison.OrdinalIgnoreCase))
        || operation.StartsWith("Microsoft.Authorization/", StringComparison.OrdinalIgnoreCase);
}
