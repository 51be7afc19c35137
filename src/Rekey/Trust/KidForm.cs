namespace Rekey.Trust;

/// <summary>How an issuer's keys are named in tokens.</summary>
public enum KidForm
{
    /// <summary>The RFC 7638 thumbprint: says which key it is and can be checked.</summary>
    Thumbprint,

    /// <summary>The 32 hex digits of the vault's version, for issuers that cannot be changed.</summary>
    VaultVersion,
}
