using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Rekey.AspNetCore.Issuer.Tests.Sample;
using Rekey.AspNetCore.Issuer.Tests.Support;
using Rekey.Trust;

namespace Rekey.AspNetCore.Issuer.Tests.Signing;

/// <summary>An issuer signs in the vault with the version that the trust list names current.</summary>
public sealed class IssuerSigningTests
{
    [Fact]
    public async Task A_token_of_OpenIddict_is_on_the_disk_before_it_is_signed()
    {
        await using var world = await IssuerWorld.StartAsync();
        var issuer = await world.IssuerAsync();
        using var hold = world.Vault.Faults.HoldBefore("KeySign");
        var asked = issuer.TokenAsync();
        await hold.Reached;
        var row = Assert.Single(world.Rows());
        Assert.False(asked.IsCompleted);

        hold.Release();
        var token = await asked;
        Assert.NotNull(token);
        var read = new JsonWebToken(token);
        Assert.Equal(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Iss"] = IssuerWorld.Issuer,
                ["Jti"] = read.Id,
                ["Kid"] = world.Published.Keys[0].Kid,
                ["Sub"] = SampleServer.Client,
                ["Aud"] = SampleServer.Audience,
                ["SigningInputSha256"] = IssuerWorld.Hash(token),
                ["IssuerInstance"] = issuer.Rekey.Standing.Instance,
                ["Sequence"] = "1",
            },
            row.EnumerateObject()
                .Where(m => m.Name is not ("TimeGenerated" or "IssuedAt" or "ExpiresAt" or "ClientId"))
                .ToDictionary(m => m.Name, m => (string?)m.Value.ToString(), StringComparer.Ordinal)
        );
        Assert.Equal(read.IssuedAt, row.GetProperty("IssuedAt").GetDateTime());
        Assert.Equal(read.ValidTo, row.GetProperty("ExpiresAt").GetDateTime());
        var verdict = TokenJudge.Judge(token, world.Published, new(), DateTimeOffset.UtcNow);
        Assert.True(verdict.Active, verdict.Refusal);
    }

    [Fact]
    public async Task A_switch_of_the_key_needs_no_restart()
    {
        await using var world = await IssuerWorld.StartAsync();
        var issuer = await world.IssuerAsync();
        var (old, fresh) = (world.Published.Keys[0], await world.NewVersionAsync());

        // Announced: verifiers learn the new version, and the issuer goes on with the old one.
        await world.PublishAsync(old, fresh with { Current = false });
        await issuer.PullAsync();
        Assert.Equal(old.Kid, new JsonWebToken(await issuer.TokenAsync()).Kid);

        await world.PublishAsync(old with { Current = false }, fresh);
        await issuer.PullAsync();
        var token = await issuer.TokenAsync();
        Assert.Equal(fresh.Kid, new JsonWebToken(token).Kid);
        Assert.True(TokenJudge.Judge(token!, world.Published, new(), DateTimeOffset.UtcNow).Active);
        Assert.Equal([old.Kid, fresh.Kid], world.Rows().Select(r => r.GetProperty("Kid").GetString()));
    }

    [Fact]
    public async Task A_library_that_asks_a_store_for_credentials_signs_and_verifies_with_them()
    {
        await using var world = await IssuerWorld.StartAsync();
        var issuer = await world.IssuerAsync();
        ISigningCredentialStore store = new RekeySigningStore(issuer.Rekey);

        // As IdentityServer's token service does: a payload, the store's credentials, and a header of its own.
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        var token = handler.CreateToken(
            RunningIssuer.Claims().ToJsonString(),
            await store.GetSigningCredentialsAsync(),
            new Dictionary<string, object>(StringComparer.Ordinal) { ["typ"] = "at+jwt" }
        );
        Assert.True(TokenJudge.Judge(token, world.Published, new(), DateTimeOffset.UtcNow).Active);
        Assert.Equal(IssuerWorld.Hash(token), Assert.Single(world.Rows()).GetProperty("SigningInputSha256").GetString());

        var parameters = new TokenValidationParameters
        {
            ValidIssuer = IssuerWorld.Issuer,
            ValidAudience = SampleServer.Audience,
            IssuerSigningKey = issuer.Rekey.Credentials.Key,
        };
        Assert.True((await handler.ValidateTokenAsync(token, parameters)).IsValid);
        var forged = token[..^8] + (token.EndsWith("AAAAAAAA", StringComparison.Ordinal) ? "BBBBBBBB" : "AAAAAAAA");
        Assert.False((await handler.ValidateTokenAsync(forged, parameters)).IsValid);
    }

    /// <summary>The shape of IdentityServer's interface.</summary>
    private interface ISigningCredentialStore
    {
        Task<SigningCredentials> GetSigningCredentialsAsync();
    }

    private sealed class RekeySigningStore(RekeyIssuer rekey) : ISigningCredentialStore
    {
        public Task<SigningCredentials> GetSigningCredentialsAsync() => Task.FromResult(rekey.Credentials);
    }
}
