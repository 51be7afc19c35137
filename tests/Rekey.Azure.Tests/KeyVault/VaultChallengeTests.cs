using Rekey.Azure.KeyVault;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Trust.Vaults;
using static Rekey.Azure.Tests.KeyVault.Vault;

namespace Rekey.Azure.Tests.KeyVault;

public sealed class VaultChallengeTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_challenge_is_answered_once_per_vault_with_the_scope_and_tenant_it_names()
    {
        await using var vault = await StartAsync();
        vault.Stub.On("GET", "/keys/issuer/", Bundle());

        await vault.Client.GetKeyAsync(Key, version: null, Cancel);
        await vault.Client.GetKeyAsync(Key, version: null, Cancel);

        Assert.Equal([null, "token-1", "token-1"], vault.Stub.Requests.Select(r => r.Token));
        var asked = Assert.Single(vault.Credential.Asked);
        Assert.Equal(["https://vault.azure.net/.default"], asked.Scopes);
        Assert.Equal("6d0f0000-1111-2222-3333-444444444444", asked.TenantId);
        Assert.True(asked.IsCaeEnabled);
    }

    [Theory]
    [InlineData("https://vault.azure.cn")]
    [InlineData("https://evil.example")]
    [InlineData("https://kv-demo-01.vault.azure.net")]
    [InlineData("https://ault.azure.net")]
    public async Task A_vault_that_asks_for_a_token_of_elsewhere_gets_none(string resource)
    {
        await using var vault = await StartAsync();
        vault.Stub.Challenge = StubServer.ChallengeFor(resource);
        vault.Stub.On("GET", "/keys/issuer/", Bundle());

        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => vault.Client.GetKeyAsync(Key, version: null, Cancel));

        Assert.Equal(VaultReasons.Unauthorized, refused.Reason);
        Assert.Empty(vault.Credential.Asked);
    }

    [Fact]
    public async Task The_host_check_can_be_switched_off_for_stand_ins()
    {
        await using var vault = await StartAsync(disableVerification: true);
        vault.Stub.On("GET", "/keys/issuer/", Bundle());

        var version = await vault.Client.GetKeyAsync(Key with { VaultUri = new Uri("https://localhost:8443") }, version: null, Cancel);

        Assert.Equal(V1, version.Version);
        Assert.Equal("localhost:8443", vault.Stub.Authorized[0].Host);
    }

    [Fact]
    public async Task Claims_of_a_later_challenge_are_passed_on_and_retried_once()
    {
        await using var vault = await StartAsync();
        var claims = Convert.ToBase64String("""{"access_token":{"nbf":{"essential":true}}}"""u8);
        var insufficient = new Reply(401)
        {
            Headers =
            {
                ["WWW-Authenticate"] =
                    $"Bearer realm=\"\", authorization_uri=\"https://x\", error=\"insufficient_claims\", claims=\"{claims}\"",
            },
        };
        vault.Stub.On("POST", "/keys/issuer/rotate", insufficient, Bundle(V2));

        Assert.Equal(V2, (await vault.Client.RotateKeyAsync(Key, Cancel)).Version);

        Assert.Equal([null, "token-1", "token-2"], vault.Stub.Requests.Select(r => r.Token));
        Assert.Equal("""{"access_token":{"nbf":{"essential":true}}}""", vault.Credential.Asked.Last().Claims);

        vault.Stub.On("POST", "/keys/issuer/rotate", insufficient);
        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => vault.Client.RotateKeyAsync(Key, Cancel));
        Assert.Equal(VaultReasons.Unauthorized, refused.Reason);
        Assert.Equal(5, vault.Stub.Requests.Count);
    }

    [Fact]
    public async Task A_vault_without_https_or_without_challenge_is_none()
    {
        await using var vault = await StartAsync();
        await Assert.ThrowsAsync<CannotContinueException>(() =>
            vault.Client.GetKeyAsync(Key with { VaultUri = new Uri("http://kv-demo-01.vault.azure.net") }, version: null, Cancel)
        );
        Assert.Empty(vault.Stub.Requests);

        vault.Stub.Challenge = null;
        vault.Stub.On("GET", "/keys/issuer/", Bundle());
        await Assert.ThrowsAsync<CannotContinueException>(() => vault.Client.GetKeyAsync(Key, version: null, Cancel));
        Assert.Empty(vault.Credential.Asked);
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_refused_and_nothing_is_sent()
    {
        await using var stub = await StubServer.StartAsync();
        var options = new KeyVaultClientOptions { Transport = stub.Transport(trusted: false) };
        options.Retry.MaxRetries = 0;
        var client = new KeyVaultKeysClient(
            new FakeCredential(),
            new(TimeProvider.System, TimeSpan.FromSeconds(10)),
            options,
            TimeProvider.System
        );

        await Assert.ThrowsAsync<RetryLaterException>(() => client.GetKeyAsync(Key, version: null, Cancel));
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task A_trusted_authority_does_not_excuse_a_wrong_name()
    {
        await using var stub = await StubServer.StartAsync();
        using var client = stub.Client();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("https://elsewhere.invalid/"), Cancel));
        Assert.Empty(stub.Requests);
    }
}
