namespace Rekey.Trust;

/// <summary>How tokens name an issuer's keys.</summary>
public enum KidForm
{
    /// <summary>The RFC 7638 thumbprint: it identifies the key and can be checked.</summary>
    Thumbprint,

    /// <summary>The 32 hex digits of the vault's version, for issuers that cannot be changed.</summary>
    VaultVersion,
}
