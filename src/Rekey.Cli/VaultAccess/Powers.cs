using Rekey.VaultAccess.Rights;

namespace Rekey.Cli.VaultAccess;

/// <summary>Says in a few words what a grant makes possible. A role has up to sixty operations; people ask for these.</summary>
internal static class Powers
{
    private const string Vaults = "Microsoft.KeyVault/vaults/";

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
        var name = operation.StartsWith(Vaults, StringComparison.OrdinalIgnoreCase) ? operation[Vaults.Length..] : operation;
        var parts = name.Split('/');
        var verb = parts.Length > 1 ? parts[1] : "";
        return parts[0] switch
        {
            "Microsoft.Authorization" or "write" or "accessPolicies" => "grant others",
            "Microsoft.Storage" or "deploy" => "copy out",
            "storageaccounts" when verb is "sas" or "regeneratekey" => "copy out",
            "keys" when verb is "sign" => "sign",
            "keys" when verb is "decrypt" or "unwrap" or "encrypt" or "wrap" => "decrypt",
            "keys" when verb is "write" or "create" or "import" or "update" or "rotate" or "restore" or "recover" => "rotate",
            "keyrotationpolicies" when verb is "write" => "rotate",
            _ => verb switch
            {
                "backup" or "release" or "getSecret" => "copy out",
                "delete" or "purge" => "delete",
                "read" or "readMetadata" or "verify" => "look",
                _ => "change",
            },
        };
    }
}
