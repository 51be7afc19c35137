namespace Rekey.Configuration;

/// <summary>A key that this deployment governs.</summary>
public sealed class GovernedKeyOptions
{
    /// <summary>The URI of its vault, such as <c>https://kv-prod-01.vault.azure.net</c>.</summary>
    public Uri? VaultUri { get; set; }

    /// <summary>The key's name in that vault.</summary>
    public string Name { get; set; } = "";

    /// <summary>Name of the issuer that signs with it, as under <c>Issuers</c>.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>
    /// The length of an RSA modulus in bits: a vault signs less often with a longer one. Null for EC keys, and when not set.
    /// </summary>
    public int? RsaKeySize { get; set; }

    /// <summary>Object ids of the persons who can use or take it; the key's tag <c>rekey-custodians</c> names more.</summary>
    public IList<string> Custodians { get; set; } = [];
}
