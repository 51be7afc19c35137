using Rekey.Local.Identity;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.Identity;

public sealed class TokenValidatorTests : LocalTest
{
    [Fact]
    public async Task A_token_should_end_at_its_very_second()
    {
        var token = Tenant.Identity.Mint("oid", Audiences.KeyVault, lifetime: TimeSpan.FromMinutes(10));

        Tenant.Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        Assert.Equal(TokenFlaw.None, await FlawOf(token));
        Tenant.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TokenFlaw.Expired, await FlawOf(token));
    }

    [Fact]
    public async Task A_token_minted_as_expired_should_be_expired() =>
        Assert.Equal(TokenFlaw.Expired, await FlawOf(Tenant.Identity.Mint("oid", Audiences.KeyVault, lifetime: TimeSpan.FromMinutes(-1))));

    [Fact]
    public async Task A_token_for_another_resource_should_be_refused() =>
        Assert.Equal(TokenFlaw.WrongAudience, await FlawOf(Tenant.Identity.Mint("oid", Audiences.Graph)));

    [Fact]
    public async Task A_token_of_another_tenant_should_be_refused()
    {
        await using var other = await IdentityServer.StartAsync(new IdentityOptions { Time = Tenant.Time }, Tenant.Authority);

        Assert.NotEqual(TokenFlaw.None, await FlawOf(other.Mint("oid", Audiences.KeyVault)));
    }

    [Fact]
    public async Task A_token_changed_after_signing_should_be_refused()
    {
        var parts = Tenant.Identity.Mint("oid", Audiences.KeyVault).Split('.');
        var other = Tenant.Identity.Mint("another", Audiences.KeyVault).Split('.');

        Assert.Equal(TokenFlaw.Untrusted, await FlawOf($"{parts[0]}.{other[1]}.{parts[2]}"));
        Assert.Equal(TokenFlaw.Untrusted, await FlawOf("not-a-token"));
    }

    private async Task<TokenFlaw> FlawOf(string token) => (await Tenant.Identity.Validator.ValidateAsync(token, Audiences.KeyVault)).Flaw;
}
