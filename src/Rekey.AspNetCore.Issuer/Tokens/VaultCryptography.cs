using Microsoft.IdentityModel.Tokens;

namespace Rekey.AspNetCore.Issuer.Tokens;

/// <summary>Gives libraries a way to sign with the issuer's key.</summary>
internal sealed class VaultCryptography(RekeyIssuer issuer) : ICryptoProvider
{
    public bool IsSupportedAlgorithm(string algorithm, params object[] args) =>
        algorithm == issuer.Algorithm && args is [RekeySecurityKey, ..];

    public object Create(string algorithm, params object[] args) =>
        new VaultSignatureProvider((RekeySecurityKey)args[0], algorithm, issuer);

    public void Release(object cryptoInstance) => (cryptoInstance as IDisposable)?.Dispose();
}
