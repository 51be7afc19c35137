using Rekey.Azure.Hosting;
using Rekey.Azure.Tests.Support;

namespace Rekey.Azure.Tests.Hosting;

/// <summary>An additional certificate authority vouches for the named hosts, and for no other.</summary>
public sealed class TrustedTransportTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("kv.vault.azure.net", "kv.vault.azure.net", true)]
    [InlineData("KV.vault.azure.NET", "kv.vault.azure.net", true)]
    [InlineData("*.vault.azure.net", "kv.vault.azure.net", true)]
    [InlineData("graph.microsoft.com", "graph.microsoft.com", true)]
    [InlineData("kv.vault.azure.net", "other.vault.azure.net", false)]
    [InlineData("kv.vault.azure.net", "graph.microsoft.com", false)]
    [InlineData("vault.azure.net", "kv.vault.azure.net", false)]
    [InlineData("*.azure.net", "kv.vault.azure.net", false)]
    [InlineData("*.vault.azure.net", "login.example", false)]
    [InlineData("*.example", "graph.microsoft.com", false)]
    [InlineData("kv.vault.azure.net.", "kv.vault.azure.net", false)]
    public async Task The_authority_is_trusted_for_the_hosts_that_the_options_name(string named, string called, bool isTrusted)
    {
        await using var stub = await StubServer.StartAsync();
        using var client = stub.Client([named]);
        var call = client.GetAsync(new Uri($"https://{called}/"), Cancel);
        if (isTrusted)
        {
            using var reply = await call;
            Assert.Single(stub.Requests);
        }
        else
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => call);
            Assert.Empty(stub.Requests);
        }
    }

    [Fact]
    public async Task A_named_host_with_a_certificate_for_another_name_is_refused()
    {
        await using var stub = await StubServer.StartAsync();
        using var client = stub.Client(["elsewhere.example"]);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("https://elsewhere.example/"), Cancel));
    }

    [Theory]
    [InlineData(null, "kv.vault.azure.net", "Set both TrustedCaFile and TrustedCaHosts")]
    [InlineData("here", null, "Set both TrustedCaFile and TrustedCaHosts")]
    [InlineData("here", "https://kv.vault.azure.net", "'https://kv.vault.azure.net' is not a host name")]
    [InlineData("here", "*", "'*' is not a host name")]
    [InlineData("here", "*.", "'*.' is not a host name")]
    [InlineData("here", "a b", "'a b' is not a host name")]
    [InlineData("here", "", "'' is not a host name")]
    [InlineData("here", "*.vault.azure.net", null)]
    [InlineData("here", "127.0.0.1", null)]
    [InlineData(null, null, null)]
    public void File_and_hosts_belong_together(string? file, string? host, string? mistake)
    {
        var options = new AzureOptions
        {
            TrustedCaFile = file is null ? null : typeof(TrustedTransportTests).Assembly.Location,
            TrustedCaHosts = host is null ? [] : [host],
        };
        var mistakes = options.Validate();
        Assert.Equal(mistake is null ? 0 : 1, mistakes.Count);
        Assert.All(mistakes, m => Assert.Contains(mistake!, m, StringComparison.Ordinal));
    }
}
