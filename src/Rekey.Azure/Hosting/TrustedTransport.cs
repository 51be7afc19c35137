using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rekey.Core;

namespace Rekey.Azure.Hosting;

/// <summary>The HTTP handler of every client. It trusts an additional certificate authority if the options name one.</summary>
public static class TrustedTransport
{
    /// <summary>Creates a handler that follows no redirects, so that no token follows one, and renews connections to see changed
    /// addresses.</summary>
    /// <exception cref="CannotContinueException">The file contains no certificate.</exception>
    public static SocketsHttpHandler Handler(string? trustedCaFile)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(10),
        };
        if (trustedCaFile is not null)
        {
            var authorities = Load(trustedCaFile);
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                IsTrusted(certificate, chain, errors, authorities);
        }

        return handler;
    }

    private static X509Certificate2Collection Load(string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new CannotContinueException(
                "trusted-ca-unreadable",
                $"The file '{file}' cannot be read as PEM certificates.",
                "Name a PEM file with the authority's certificate.",
                unreadable
            );
        }

        return authorities.Count > 0
            ? authorities
            : throw new CannotContinueException(
                "trusted-ca-unreadable",
                $"The file '{file}' contains no certificate.",
                "Name a PEM file with the authority's certificate."
            );
    }

    private static bool IsTrusted(
        X509Certificate? certificate,
        X509Chain? chain,
        SslPolicyErrors errors,
        X509Certificate2Collection authorities
    )
    {
        if (errors is SslPolicyErrors.None)
        {
            return true;
        }

        // Accept only an unknown authority, never a wrong name or a missing certificate.
        if (errors is not SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 leaf)
        {
            return false;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1", "TLS server authentication"));
        if (chain is not null)
        {
            own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        }

        return own.Build(leaf);
    }
}
