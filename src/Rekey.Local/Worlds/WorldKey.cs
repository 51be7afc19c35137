namespace Rekey.Local.Worlds;

/// <summary>A token-signing key of the local company.</summary>
/// <param name="Name">Key name, and the short name of the issuer that signs with it.</param>
/// <param name="Custodians">Object ids of the engineers who are responsible for it.</param>
public sealed record WorldKey(string Name, params string[] Custodians)
{
    /// <summary>The issuer that signs with it, where that is not called as the key is: two keys may be of one issuer.</summary>
    public string IssuerName { get; init; } = Name;

    /// <summary>The <c>iss</c> of its tokens.</summary>
    public string Issuer => $"https://login.contoso.example/{IssuerName}";

    /// <summary>The <c>aud</c> of its tokens.</summary>
    public string Audience => $"api://{IssuerName}";

    /// <summary>
    /// <c>EC</c> on P-256, which signs ES256, or <c>RSA</c> of 2048 bits, which signs PS256; in an HSM with <c>-HSM</c> behind.
    /// </summary>
    public string KeyType { get; init; } = "EC";

    /// <summary>Whether it is an RSA key, in an HSM or not.</summary>
    public bool IsRsa => KeyType.StartsWith("RSA", StringComparison.Ordinal);

    /// <summary>The operations that the vault allows.</summary>
    public IReadOnlyList<string> Operations { get; init; } = ["sign", "verify"];

    /// <summary>Whether a certificate owns the key; it is RSA then.</summary>
    public bool OfCertificate { get; init; }

    /// <summary>The lifetime of its tokens.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(30);
}
