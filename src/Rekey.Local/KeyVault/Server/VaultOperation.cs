using Rekey.Local.KeyVault.Permissions;

namespace Rekey.Local.KeyVault.Server;

/// <summary>One operation of the data plane.</summary>
/// <param name="Name">As the audit log calls it.</param>
/// <param name="Needs">The caller needs one of these.</param>
/// <param name="DataAction">What an RBAC refusal names.</param>
/// <param name="PolicyPermission">What an access-policy refusal names.</param>
internal sealed record VaultOperation(string Name, KeyPermissions Needs, string DataAction, string PolicyPermission)
{
    private const string Keys = "Microsoft.KeyVault/vaults/keys/";
    private const string Policies = "Microsoft.KeyVault/vaults/keyrotationpolicies/";

    public static readonly VaultOperation Create = new("KeyCreate", KeyPermissions.Create, Keys + "create/action", "create");
    public static readonly VaultOperation Import = new("KeyImport", KeyPermissions.Import, Keys + "import/action", "import");
    public static readonly VaultOperation Get = new("KeyGet", KeyPermissions.Read, Keys + "read", "get");
    public static readonly VaultOperation List = new("KeyList", KeyPermissions.Read, Keys + "read", "list");
    public static readonly VaultOperation ListVersions = new("KeyListVersions", KeyPermissions.Read, Keys + "read", "list");
    public static readonly VaultOperation Update = new("KeyUpdate", KeyPermissions.Update, Keys + "update/action", "update");
    public static readonly VaultOperation Rotate = new("KeyRotate", KeyPermissions.Rotate, Keys + "rotate/action", "rotate");
    public static readonly VaultOperation GetPolicy = new(
        "KeyRotationPolicyGet",
        KeyPermissions.ReadRotationPolicy,
        Policies + "read",
        "getrotationpolicy"
    );
    public static readonly VaultOperation SetPolicy = new(
        "KeyRotationPolicySet",
        KeyPermissions.WriteRotationPolicy,
        Policies + "write",
        "setrotationpolicy"
    );
    public static readonly VaultOperation Sign = new("KeySign", KeyPermissions.Sign, Keys + "sign/action", "sign");

    // Reading an asymmetric key gives its public half, so it gives these three as well.
    public static readonly VaultOperation Verify = new(
        "KeyVerify",
        KeyPermissions.Verify | KeyPermissions.Read,
        Keys + "verify/action",
        "verify"
    );
    public static readonly VaultOperation Encrypt = new(
        "KeyEncrypt",
        KeyPermissions.Encrypt | KeyPermissions.Read,
        Keys + "encrypt/action",
        "encrypt"
    );
    public static readonly VaultOperation Wrap = new("KeyWrap", KeyPermissions.Wrap | KeyPermissions.Read, Keys + "wrap/action", "wrapKey");
    public static readonly VaultOperation Decrypt = new("KeyDecrypt", KeyPermissions.Decrypt, Keys + "decrypt/action", "decrypt");
    public static readonly VaultOperation Unwrap = new("KeyUnwrap", KeyPermissions.Unwrap, Keys + "unwrap/action", "unwrapKey");
    public static readonly VaultOperation Backup = new("KeyBackup", KeyPermissions.Backup, Keys + "backup/action", "backup");
    public static readonly VaultOperation Restore = new("KeyRestore", KeyPermissions.Restore, Keys + "restore/action", "restore");
    public static readonly VaultOperation Delete = new("KeyDelete", KeyPermissions.Delete, Keys + "delete", "delete");
    public static readonly VaultOperation GetDeleted = new("KeyGetDeleted", KeyPermissions.Read, Keys + "read", "get");
    public static readonly VaultOperation ListDeleted = new("KeyListDeleted", KeyPermissions.Read, Keys + "read", "list");
    public static readonly VaultOperation Recover = new("KeyRecover", KeyPermissions.Recover, Keys + "recover/action", "recover");
    public static readonly VaultOperation Purge = new("KeyPurge", KeyPermissions.Purge, Keys + "purge/action", "purge");

    /// <summary>All operations.</summary>
    public static IReadOnlyList<VaultOperation> All { get; } =
    [
        Create,
        Import,
        Get,
        List,
        ListVersions,
        Update,
        Rotate,
        GetPolicy,
        SetPolicy,
        Sign,
        Verify,
        Encrypt,
        Wrap,
        Decrypt,
        Unwrap,
        Backup,
        Restore,
        Delete,
        GetDeleted,
        ListDeleted,
        Recover,
        Purge,
    ];

    /// <summary>What its own data action gives: where reading is enough, that is another one.</summary>
    public KeyPermissions Gives => Needs == KeyPermissions.Read ? Needs : Needs & ~KeyPermissions.Read;

    /// <summary>Access policies do not take reading for enough where the public half is used: they ask for the named permission.</summary>
    public bool IsGrantedBy(KeyPermissions held, VaultPermissionModel model) =>
        model == VaultPermissionModel.Rbac || Needs == KeyPermissions.Read
            ? (held & Needs) != KeyPermissions.None
            : (held & Needs & ~KeyPermissions.Read) != KeyPermissions.None;
}
