using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rekey.Core;

namespace Rekey.Azure.Hosting;

/// <summary>The HTTP handler of every client. It trusts an additional certificate authority, if the options name one, for the hosts that
/// they name with it.</summary>
public static class TrustedTransport
{
    /// <summary>Creates a handler that follows no redirects, so that no token follows one, and renews connections to see changed
    /// addresses.</summary>
    /// <exception cref="CannotContinueException">The file contains no certificate.</exception>
    public static SocketsHttpHandler Handler(AzureOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(10),
        };
        if (options.TrustedCaFile is { } file)
        {
            var (authorities, hosts) = (Load(file), options.TrustedCaHosts.ToArray());
            handler.SslOptions.RemoteCertificateValidationCallback = (connection, certificate, chain, errors) =>
                errors is SslPolicyErrors.None
                || (
                    connection is SslStream { TargetHostName: var host }
                    && hosts.Any(named => Covers(named, host))
                    && IsTrusted(certificate, chain, errors, authorities)
                );
        }

        return handler;
    }

    /// <summary>Whether a name covers a host, as in certificates (RFC 9525 §6.3): <c>*.</c> stands for one label.</summary>
    private static bool Covers(string name, string host) =>
        name.StartsWith("*.", StringComparison.Ordinal)
            ? host.IndexOf('.') is var dot and > 0 && host.AsSpan(dot).Equals(name.AsSpan(1), StringComparison.OrdinalIgnoreCase)
            : host.Equals(name, StringComparison.OrdinalIgnoreCase);

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
