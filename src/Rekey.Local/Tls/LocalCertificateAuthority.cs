using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rekey.Local.Tls;

/// <summary>
/// A certificate authority of this run alone, and one leaf for <c>localhost</c> and 127.0.0.1. The private keys never leave memory; what
/// is written is <c>ca.pem</c>, which .NET on Linux trusts through <c>SSL_CERT_FILE</c> and Node through <c>NODE_EXTRA_CA_CERTS</c>. A
/// new run has a new authority: nothing signed yesterday is worth anything today.
/// </summary>
public sealed class LocalCertificateAuthority : IDisposable
{
    private static readonly TimeSpan Backdated = TimeSpan.FromMinutes(5);
    private readonly X509Certificate2 _authority;

    private LocalCertificateAuthority(X509Certificate2 authority, X509Certificate2 leaf, string path)
    {
        _authority = authority;
        Leaf = leaf;
        Path = path;
    }

    /// <summary>The full path of <c>ca.pem</c>: the authority's certificate, without its key.</summary>
    public string Path { get; }

    /// <summary>The leaf with its private key, for Kestrel.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>Makes the authority and the leaf, and writes <c>ca.pem</c> into <paramref name="folder"/>, which is created.</summary>
    /// <remarks>Validity follows the system clock, not a test's: both ends of TLS judge it by the system clock.</remarks>
    public static LocalCertificateAuthority Create(string folder)
    {
        var from = DateTimeOffset.UtcNow - Backdated;
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = SelfSign(authorityKey, from);
        var leaf = Issue(authority, from);

        Directory.CreateDirectory(folder);
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, "ca.pem"));
        File.WriteAllText(path, authority.ExportCertificatePem() + "\n");
        return new LocalCertificateAuthority(authority, leaf, path);
    }

    /// <summary>A handler that trusts this authority and nothing else, for clients in this process.</summary>
    public SocketsHttpHandler CreateHandler()
    {
        var root = X509CertificateLoader.LoadCertificate(_authority.RawData);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(root);
        return new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
            UseProxy = false,
            UseCookies = false,
        };
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _authority.Dispose();
        Leaf.Dispose();
    }

    private static X509Certificate2 SelfSign(ECDsa key, DateTimeOffset from)
    {
        var request = new CertificateRequest("CN=Rekey local authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(from, from.AddDays(8));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, DateTimeOffset from)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));

        Span<byte> serial = stackalloc byte[16];
        RandomNumberGenerator.Fill(serial);
        serial[0] &= 0x7F; // positive, RFC 5280 section 4.1.2.2
        using var issued = request.Create(authority, from, from.AddDays(7), serial);
        return issued.CopyWithPrivateKey(key);
    }
}
