using Rekey.Trust.Jose;

namespace Rekey.Trust.Lists;

/// <summary>A trusted version in the trust list.</summary>
/// <param name="KeyId">
/// Vault and key name; <paramref name="Version"/> is the vault's version, so that issuers know which to sign with.
/// </param>
/// <param name="Current">Whether the issuer signs with it now.</param>
public sealed record TrustEntry(
    string KeyId,
    string Version,
    string Kid,
    string Thumbprint,
    PublicJwk PublicKey,
    string IssuerName,
    string Issuer,
    IReadOnlyList<string> Audiences,
    IReadOnlyList<string> Algorithms,
    TrustWindow Window,
    bool Current
)
{
    /// <summary>The <c>typ</c> values that its tokens may carry, without <c>application/</c>. Empty: <c>at+jwt</c>, <c>JWT</c>, or none at
    /// all.</summary>
    public IReadOnlyList<string> TokenTypes { get; init; } = [];
}
