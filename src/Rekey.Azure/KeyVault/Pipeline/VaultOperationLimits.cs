namespace Rekey.Azure.KeyVault.Pipeline;

/// <summary>Which of a vault's quotas a call draws on ("Azure Key Vault service limits"): creates have a small one of their own.</summary>
public enum VaultOperationLimits
{
    /// <summary>Creating a version, by create or rotate: 10 (HSM) or 20 (software) in 10 seconds.</summary>
    Create,

    /// <summary>Everything else: thousands in 10 seconds.</summary>
    Other,
}
