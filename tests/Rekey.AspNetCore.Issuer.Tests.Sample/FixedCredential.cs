using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Azure.Core;

namespace Rekey.AspNetCore.Issuer.Tests.Sample;

/// <summary>A credential that has one token, for every scope.</summary>
internal sealed class FixedCredential(string token) : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(token, DateTimeOffset.UtcNow.AddHours(1));

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));

    /// <summary>A handler that trusts the authority in this file, and no other.</summary>
    public static SocketsHttpHandler Trusting(string caFile)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(caFile));
        return new() { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } };
    }
}
