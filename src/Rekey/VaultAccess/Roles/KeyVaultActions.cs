using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Roles;

/// <summary>The relevant operations of Key Vault, with the names in roles ("Azure permissions for Security",
/// <c>Microsoft.KeyVault</c>).</summary>
public static class KeyVaultActions
{
    public const string Vaults = "Microsoft.KeyVault/vaults/";

    private const string Storage = "Microsoft.Storage/storageAccounts/";

    public const string WriteRoleAssignments = "Microsoft.Authorization/roleAssignments/write";
    public const string WriteVault = Vaults + "write";
    public const string WriteAccessPolicies = Vaults + "accessPolicies/write";
    public const string Rotate = Vaults + "keys/rotate/action";

    /// <summary>Control-plane operations that let a principal grant itself a right, at any scope.</summary>
    public static readonly IReadOnlyList<string> SelfGrants =
    [
        WriteRoleAssignments,
        "Microsoft.Authorization/roleDefinitions/write",
        "Microsoft.Authorization/roleAssignmentScheduleRequests/write",
        "Microsoft.Authorization/roleEligibilityScheduleRequests/write",
    ];

    /// <summary>
    /// Control-plane operations that lead to a vault's contents, in either permission model. They are judged like operations on the
    /// contents.
    /// </summary>
    /// <remarks>
    /// <c>write</c> can switch the permission model and the access policies. <c>deploy/action</c> reads secrets into a deployment.
    /// <c>keys/write</c> and <c>secrets/write</c> create keys and set secrets through Azure Resource Manager.
    /// </remarks>
    public static readonly IReadOnlyList<string> Control =
    [
        .. SelfGrants,
        WriteVault,
        Vaults + "deploy/action",
        Vaults + "keys/write",
        Vaults + "secrets/write",
    ];

    /// <summary>Control-plane operations that give the keys of a storage account, and so everything in it.</summary>
    public static readonly IReadOnlyList<string> StorageKeys =
    [
        Storage + "listKeys/action",
        Storage + "regenerateKey/action",
        Storage + "listAccountSas/action",
        Storage + "listServiceSas/action",
    ];

    /// <summary>Operations on a vault's contents.</summary>
    public static readonly IReadOnlyList<string> Data =
    [
        .. Of(
            "keys",
            "read",
            "delete",
            "create/action",
            "import/action",
            "update/action",
            "rotate/action",
            "recover/action",
            "restore/action",
            "backup/action",
            "purge/action",
            "release/action",
            "encrypt/action",
            "decrypt/action",
            "wrap/action",
            "unwrap/action",
            "sign/action",
            "verify/action"
        ),
        .. Of("keyrotationpolicies", "read", "write"),
        .. Of(
            "secrets",
            "delete",
            "getSecret/action",
            "setSecret/action",
            "readMetadata/action",
            "update/action",
            "recover/action",
            "restore/action",
            "backup/action",
            "purge/action"
        ),
        .. Of(
            "certificates",
            "read",
            "delete",
            "create/action",
            "import/action",
            "update/action",
            "recover/action",
            "restore/action",
            "backup/action",
            "purge/action"
        ),
        .. Of("certificatecas", "read", "write", "delete"),
        .. Of("certificatecontacts", "write"),
        .. Of(
            "storageaccounts",
            "read",
            "delete",
            "set/action",
            "regeneratekey/action",
            "recover/action",
            "restore/action",
            "backup/action",
            "purge/action",
            "sas/read",
            "sas/delete",
            "sas/set/action"
        ),
    ];

    private static readonly IReadOnlyList<string> Exposing =
    [
        .. SelfGrants,
        WriteVault,
        WriteAccessPolicies,
        .. Of("keys", "sign/action", "decrypt/action", "unwrap/action", "backup/action", "release/action"),
    ];

    private static readonly Dictionary<string, string> Keys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["get"] = "keys/read",
        ["list"] = "keys/read",
        ["delete"] = "keys/delete",
        ["create"] = "keys/create/action",
        ["import"] = "keys/import/action",
        ["update"] = "keys/update/action",
        ["rotate"] = "keys/rotate/action",
        ["recover"] = "keys/recover/action",
        ["restore"] = "keys/restore/action",
        ["backup"] = "keys/backup/action",
        ["purge"] = "keys/purge/action",
        ["release"] = "keys/release/action",
        ["encrypt"] = "keys/encrypt/action",
        ["decrypt"] = "keys/decrypt/action",
        ["wrapKey"] = "keys/wrap/action",
        ["unwrapKey"] = "keys/unwrap/action",
        ["sign"] = "keys/sign/action",
        ["verify"] = "keys/verify/action",
        ["getrotationpolicy"] = "keyrotationpolicies/read",
        ["setrotationpolicy"] = "keyrotationpolicies/write",
    };

    private static readonly Dictionary<string, string> Secrets = new(StringComparer.OrdinalIgnoreCase)
    {
        ["get"] = "secrets/getSecret/action",
        ["list"] = "secrets/readMetadata/action",
        ["set"] = "secrets/setSecret/action",
        ["delete"] = "secrets/delete",
        ["recover"] = "secrets/recover/action",
        ["restore"] = "secrets/restore/action",
        ["backup"] = "secrets/backup/action",
        ["purge"] = "secrets/purge/action",
    };

    private static readonly Dictionary<string, string> Certificates = new(StringComparer.OrdinalIgnoreCase)
    {
        ["get"] = "certificates/read",
        ["list"] = "certificates/read",
        ["delete"] = "certificates/delete",
        ["create"] = "certificates/create/action",
        ["import"] = "certificates/import/action",
        ["update"] = "certificates/update/action",
        ["recover"] = "certificates/recover/action",
        ["restore"] = "certificates/restore/action",
        ["backup"] = "certificates/backup/action",
        ["purge"] = "certificates/purge/action",
        ["managecontacts"] = "certificatecontacts/write",
        ["getissuers"] = "certificatecas/read",
        ["listissuers"] = "certificatecas/read",
        ["setissuers"] = "certificatecas/write",
        ["manageissuers"] = "certificatecas/write",
        ["deleteissuers"] = "certificatecas/delete",
    };

    /// <summary>Permissions on managed storage accounts, whose keys and signatures the vault gives out.</summary>
    private static readonly Dictionary<string, string> StorageAccounts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["get"] = "storageaccounts/read",
        ["list"] = "storageaccounts/read",
        ["delete"] = "storageaccounts/delete",
        ["set"] = "storageaccounts/set/action",
        ["update"] = "storageaccounts/set/action",
        ["regeneratekey"] = "storageaccounts/regeneratekey/action",
        ["recover"] = "storageaccounts/recover/action",
        ["restore"] = "storageaccounts/restore/action",
        ["backup"] = "storageaccounts/backup/action",
        ["purge"] = "storageaccounts/purge/action",
        ["getsas"] = "storageaccounts/sas/read",
        ["listsas"] = "storageaccounts/sas/read",
        ["deletesas"] = "storageaccounts/sas/delete",
        ["setsas"] = "storageaccounts/sas/set/action",
    };

    /// <summary>Returns the operations that an access policy certainly gives, with their names in roles.</summary>
    /// <remarks>The permission <c>all</c> excludes <c>purge</c>; for <c>rotate</c> see <see cref="NotKnownOf"/>.</remarks>
    public static IEnumerable<string> Of(AccessPolicy policy) =>
        Named(policy.Keys, Keys, "keys/")
            .Concat(Named(policy.Secrets, Secrets, "secrets/"))
            .Concat(Named(policy.Certificates, Certificates, "certificates/"))
            .Concat(Named(policy.Storage, StorageAccounts, "storageaccounts/"))
            .Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Returns the operations that a policy may give: <c>all</c> was only recorded together with <c>rotate</c>.
    /// </summary>
    public static IReadOnlyList<string> NotKnownOf(AccessPolicy policy) =>
        policy.Keys.Any(IsAll) && !policy.Keys.Contains("rotate", StringComparer.OrdinalIgnoreCase) ? [Rotate] : [];

    /// <summary>Whether a permission is <c>all</c>.</summary>
    public static bool IsAll(string permission) => permission.Equals("all", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is a control-plane operation, which a role has among its actions and not among its data actions.</summary>
    public static bool IsControl(string operation) =>
        IsOfStorage(operation)
        || Control.Contains(operation, StringComparer.OrdinalIgnoreCase)
        || operation.Equals(WriteAccessPolicies, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it gives the keys of a storage account, and nothing in a vault.</summary>
    public static bool IsOfStorage(string operation) => StorageKeys.Contains(operation, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether an operation lets its holder use a key's private part, take it, or grant themselves the right to. An unknown operation
    /// counts, since it may give anything.
    /// </summary>
    public static bool ExposesKeys(string operation) =>
        Exposing.Contains(operation, StringComparer.OrdinalIgnoreCase)
        || (
            !Data.Contains(operation, StringComparer.OrdinalIgnoreCase)
            && !Control.Contains(operation, StringComparer.OrdinalIgnoreCase)
            && !IsOfStorage(operation)
        );

    /// <summary>Returns the name without the common prefix.</summary>
    public static string ShortName(string operation) =>
        operation.StartsWith(Vaults, StringComparison.OrdinalIgnoreCase) ? operation[Vaults.Length..] : operation;

    /// <summary>Converts permissions. An unknown permission keeps its own name, because it is still a right.</summary>
    private static IEnumerable<string> Named(IEnumerable<string> permissions, Dictionary<string, string> names, string group) =>
        permissions.SelectMany(p =>
            IsAll(p)
                ? names.Where(n => n.Key is not ("purge" or "rotate")).Select(n => Vaults + n.Value).Distinct(StringComparer.Ordinal)
                : [Vaults + (names.GetValueOrDefault(p) ?? group + p.ToLowerInvariant())]
        );

    private static IEnumerable<string> Of(string group, params IEnumerable<string> operations) =>
        operations.Select(o => $"{Vaults}{group}/{o}");
}
