namespace Rekey.Local.KeyVault.Permissions;

/// <summary>The permissions of a principal on keys. Each flag stands for one data action, or one permission of an access policy.</summary>
[Flags]
public enum KeyPermissions
{
    None = 0,

    /// <summary>Get and list, deleted keys included (access policies: get and list).</summary>
    Read = 1 << 0,
    Create = 1 << 1,
    Import = 1 << 2,
    Update = 1 << 3,
    Rotate = 1 << 4,
    Sign = 1 << 5,
    Verify = 1 << 6,
    Encrypt = 1 << 7,
    Decrypt = 1 << 8,
    Wrap = 1 << 9,
    Unwrap = 1 << 10,
    Backup = 1 << 11,
    Restore = 1 << 12,
    Delete = 1 << 13,
    Recover = 1 << 14,
    Purge = 1 << 15,
    ReadRotationPolicy = 1 << 16,
    WriteRotationPolicy = 1 << 17,

    /// <summary>Custom role of an application that rotates: it can neither sign nor take a key away.</summary>
    Rotator = Read | Rotate | Update,

    /// <summary>Custom role of an issuer.</summary>
    Signer = Read | Sign,

    /// <summary>The built-in role Key Vault Reader, as far as keys go.</summary>
    Reader = Read,

    /// <summary>The built-in role Key Vault Crypto User, over-wide backup and update included.</summary>
    CryptoUser = Read | Update | Backup | Encrypt | Decrypt | Wrap | Unwrap | Sign | Verify,

    /// <summary>The built-in role Key Vault Crypto Officer.</summary>
    CryptoOfficer = (1 << 18) - 1,
}
