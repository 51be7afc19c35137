namespace Rekey.Azure.KeyVault.Pipeline;

/// <summary>The quotas of a vault ("Azure Key Vault service limits"): creates have their own small quota.</summary>
public enum VaultOperationLimits
{
    /// <summary>Creating a version, by create or rotate: 10 (HSM) or 20 (software) in 10 seconds.</summary>
    Create,

    /// <summary>Everything else: thousands in 10 seconds.</summary>
    Other,
}
