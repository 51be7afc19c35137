using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.KeyVault;

public sealed class RotationPolicyTests : VaultTest
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await CreateEc("k");
    }

    [Fact]
    public async Task A_key_should_begin_with_the_default_notification()
    {
        var policy = (await Call("GET", "keys/k/rotationpolicy")).Expect(200).Body!;

        Assert.Equal($"{Vault.Address}keys/k/rotationpolicy", policy["id"]!.GetValue<string>());
        Assert.Equal("P30D", Assert.Single(policy["lifetimeActions"]!.AsArray())!["trigger"]!["timeBeforeExpiry"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_policy_should_be_kept_with_the_default_notification_added()
    {
        (
            await Put(
                """
                {"lifetimeActions":[{"trigger":{"timeAfterCreate":"P60D"},"action":{"type":"rotate"}}],
                 "attributes":{"expiryTime":"P120D"}}
                """
            )
        ).Expect(200);

        var policy = (await Call("GET", "keys/k/rotationpolicy")).Expect(200).Body!;

        Assert.Equal(["Rotate", "Notify"], policy["lifetimeActions"]!.AsArray().Select(a => a!["action"]!["type"]!.GetValue<string>()));
        Assert.Equal("P60D", policy["lifetimeActions"]![0]!["trigger"]!["timeAfterCreate"]!.GetValue<string>());
        Assert.Equal("P120D", policy["attributes"]!["expiryTime"]!.GetValue<string>());
        Assert.Equal(Tenant.Time.GetUtcNow().ToUnixTimeSeconds(), policy["attributes"]!["created"]!.GetValue<long>());
    }

    [Theory]
    [InlineData("""{"attributes":{"expiryTime":"P27D"}}""")]
    [InlineData("""{"attributes":{"expiryTime":"28 days"}}""")]
    [InlineData("""{"lifetimeActions":[{"trigger":{"timeAfterCreate":"P6D"},"action":{"type":"Rotate"}}]}""")]
    [InlineData(
        """{"lifetimeActions":[{"trigger":{"timeAfterCreate":"P25D"},"action":{"type":"Rotate"}}],"attributes":{"expiryTime":"P28D"}}"""
    )]
    [InlineData("""{"lifetimeActions":[{"trigger":{"timeBeforeExpiry":"P30D"},"action":{"type":"Rotate"}}]}""")]
    [InlineData(
        """{"lifetimeActions":[{"trigger":{"timeBeforeExpiry":"P6D"},"action":{"type":"Rotate"}}],"attributes":{"expiryTime":"P90D"}}"""
    )]
    [InlineData(
        """{"lifetimeActions":[{"trigger":{"timeAfterCreate":"P30D"},"action":{"type":"Notify"}}],"attributes":{"expiryTime":"P90D"}}"""
    )]
    [InlineData(
        """
            {"lifetimeActions":[{"trigger":{"timeAfterCreate":"P30D","timeBeforeExpiry":"P30D"},"action":{"type":"Rotate"}}],
             "attributes":{"expiryTime":"P90D"}}
            """
    )]
    [InlineData("""{"lifetimeActions":[{"trigger":{},"action":{"type":"Rotate"}}]}""")]
    [InlineData("""{"lifetimeActions":[{"trigger":{"timeAfterCreate":"P30D"},"action":{"type":"Burn"}}]}""")]
    [InlineData("""{"lifetimeActions":7}""")]
    public async Task A_policy_against_the_rules_should_be_BadParameter(string body) =>
        Assert.Equal("BadParameter", (await Put(body)).Expect(400).Code);

    private Task<Answer> Put(string body) => Call("PUT", "keys/k/rotationpolicy", body);
}
