using Rekey.VaultAccess.Rights;
using Rekey.VaultAccess.Roles;

namespace Rekey.Cli.VaultAccess;

/// <summary>Says in a few words what a grant makes possible. A role has up to sixty operations; people ask for these.</summary>
internal static class Powers
{
    private static readonly string[] Order = ["sign", "decrypt", "rotate", "copy out", "grant others", "delete", "change", "look"];

    /// <summary>The powers of a grant, the most dangerous for tokens first; empty for an attack path.</summary>
    public static IReadOnlyList<string> Of(Grant? grant) => grant is null ? [] : Of(grant.Actions, grant.NotKnown);

    private static List<string> Of(IReadOnlyList<string> certain, IReadOnlyList<string> notKnown)
    {
        var has = certain.Select(Of).ToHashSet(StringComparer.Ordinal);
        var may = notKnown.Select(Of).Where(p => !has.Contains(p)).ToHashSet(StringComparer.Ordinal);
        return [.. Order.Where(p => has.Contains(p) || may.Contains(p)).Select(p => may.Contains(p) ? $"{p} (not known)" : p)];
    }

    /// <summary>The power that an operation gives.</summary>
    public static string Of(string operation)
    {
        if (KeyVaultActions.SelfGrants.Append(KeyVaultActions.WriteVault).Append(KeyVaultActions.WriteAccessPolicies).Contains(operation))
        {
            return "grant others";
        }

        var parts = operation[ProviderLength(operation)..].Split('/');
        return (parts[0], parts.Length > 1 ? parts[1] : "") switch
        {
            ("keys", "sign") => "sign",
            ("keys", "decrypt" or "unwrap" or "encrypt" or "wrap") => "decrypt",
            ("keys" or "keyrotationpolicies", "write" or "create" or "import" or "update" or "rotate" or "restore" or "recover") =>
                "rotate",
            (_, "backup" or "release" or "getSecret" or "listKeys" or "regenerateKey" or "listAccountSas" or "listServiceSas") =>
                "copy out",
            ("deploy", _) or ("storageaccounts", "sas" or "regeneratekey") => "copy out",
            ("storageAccounts", _) => "copy out",
            (_, "delete" or "purge") => "delete",
            (_, "read" or "readMetadata" or "verify") => "look",
            _ => "change",
        };
    }

    private static int ProviderLength(string operation) =>
        operation.StartsWith(KeyVaultActions.Vaults, StringComparison.OrdinalIgnoreCase)
            ? KeyVaultActions.Vaults.Length
            : operation.IndexOf('/', StringComparison.Ordinal) + 1;
}
