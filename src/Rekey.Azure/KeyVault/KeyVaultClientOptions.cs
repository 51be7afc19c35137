using Azure.Core;

namespace Rekey.Azure.KeyVault;

/// <summary>Options of <see cref="KeyVaultKeysClient"/>, in addition to the common options of Azure clients.</summary>
public sealed class KeyVaultClientOptions : ClientOptions
{
    public KeyVaultClientOptions()
    {
        // Two retries after a 5xx or a broken connection, for repeatable calls. A function has a deadline; the queue has none.
        Retry.MaxRetries = 2;
        Retry.Delay = TimeSpan.FromMilliseconds(500);
        Retry.MaxDelay = TimeSpan.FromSeconds(4);
        Retry.NetworkTimeout = TimeSpan.FromSeconds(30);
    }

    /// <summary>Send a vault's token to hosts outside the resource that the challenge names. For emulators and private names
    /// only.</summary>
    public bool DisableChallengeResourceVerification { get; set; }
}
