using Azure.Core;
using Rekey.AspNetCore.Issuer.Journals;
using Rekey.Azure.KeyVault;

namespace Rekey.AspNetCore.Issuer;

/// <summary>Settings of an issuer that signs in Key Vault with the version that Rekey's trust list names.</summary>
public sealed class IssuerOptions : PullOptions
{
    /// <summary>The exact <c>iss</c> of the tokens. Required.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>The name of the vault key to sign with. Null: the issuer has one signing key.</summary>
    public string? KeyName { get; set; }

    /// <summary>The algorithm of the tokens, such as <c>ES256</c> or <c>PS256</c>. The trust list must bind it to the key.</summary>
    public string Algorithm { get; set; } = "ES256";

    /// <summary>The identity that signs in the vault, and that sends the journal. Null: <c>DefaultAzureCredential</c>.</summary>
    public TokenCredential? Credential { get; set; }

    /// <summary>The client of the vault: its transport and its retries.</summary>
    public KeyVaultClientOptions Vault { get; } = new();

    /// <summary>The longest time from the request for a signature to its end.</summary>
    /// <remarks>Ten seconds: two retries of the vault fit in, and a person who logs in waits no longer.</remarks>
    public TimeSpan SignTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many tokens may wait for the disk and the vault at once. Further ones are refused.</summary>
    /// <remarks>A vault signs 200 tokens a second or fewer: a thousand wait five seconds.</remarks>
    public int MaxWaiting { get; set; } = 1000;

    /// <summary>The record of the tokens.</summary>
    public JournalOptions Journal { get; set; } = new();

    internal override string Role => "issuer";

    internal override string WhenClosed => "mints no token";
}
