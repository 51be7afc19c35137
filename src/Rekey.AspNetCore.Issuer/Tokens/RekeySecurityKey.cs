using Microsoft.IdentityModel.Tokens;

namespace Rekey.AspNetCore.Issuer.Tokens;

/// <summary>The issuer's key for libraries that sign with <see cref="SigningCredentials"/>: its id is the current <c>kid</c>, so that it
/// switches without a restart. It has no key material.</summary>
internal sealed class RekeySecurityKey : AsymmetricSecurityKey
{
    /// <summary>The id while no token can be minted: libraries demand one at their start. Nothing is signed under it.</summary>
    private const string NoKid = "none";

    private readonly RekeyIssuer _issuer;

    public RekeySecurityKey(RekeyIssuer issuer)
    {
        _issuer = issuer;
        CryptoProviderFactory = new() { CustomCryptoProvider = new VaultCryptography(issuer), CacheSignatureProviders = false };
    }

    /// <summary>The current <c>kid</c>. What a library sets is ignored.</summary>
    public override string KeyId
    {
        get => _issuer.Standing.Kid ?? NoKid;
        set { }
    }

    public override int KeySize => _issuer.KeySize;

    public override PrivateKeyStatus PrivateKeyStatus => PrivateKeyStatus.Exists;

    [Obsolete("The base class has it, and says to use PrivateKeyStatus.")]
    public override bool HasPrivateKey => true;
}
