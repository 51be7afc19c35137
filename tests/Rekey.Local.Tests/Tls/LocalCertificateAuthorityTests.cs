using System.Security.Cryptography.X509Certificates;
using Rekey.Local.Tests.Support;
using Rekey.Local.Tls;

namespace Rekey.Local.Tests.Tls;

public sealed class LocalCertificateAuthorityTests : LocalTest
{
    [Fact]
    public void The_file_should_hold_the_certificate_and_no_key()
    {
        var pem = File.ReadAllText(Tenant.Authority.Path);

        Assert.Contains("BEGIN CERTIFICATE", pem, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", pem, StringComparison.Ordinal);
        using var read = X509Certificate2.CreateFromPem(pem);
        Assert.False(read.HasPrivateKey);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task A_client_that_trusts_the_authority_should_be_served_under_both_names(string host)
    {
        var address = new UriBuilder(Tenant.Identity.AuthorityHost)
        {
            Host = host,
            Path = $"{Tenant.Identity.TenantId}/v2.0/.well-known/openid-configuration",
        };

        using var response = await Tenant.Http.GetAsync(address.Uri);

        Assert.True(response.IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_client_that_trusts_another_run_should_refuse()
    {
        using var other = LocalCertificateAuthority.Create(Path.Combine(Tenant.Folder, "other"));
        using var client = new HttpClient(other.CreateHandler());

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(Tenant.Identity.AuthorityHost));
    }

    [Fact]
    public async Task Dotnet_should_take_the_file_from_SSL_CERT_FILE()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only .NET on Linux reads SSL_CERT_FILE.");

        var trusting = await TlsProbe.RunAsync(Tenant.Identity.AuthorityHost, new() { ["SSL_CERT_FILE"] = Tenant.Authority.Path });
        var plain = await TlsProbe.RunAsync(Tenant.Identity.AuthorityHost, []);

        Assert.True(trusting.ExitCode == TlsProbe.Served, trusting.Output);
        Assert.True(plain.ExitCode == TlsProbe.Refused, plain.Output);
    }
}
