using Rekey.Local.KeyVault.Server;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.KeyVault;

public sealed class ThrottleTests : VaultTest
{
    protected override KeyVaultOptions Configure(KeyVaultOptions options) => options with { Throttled = true, SendRetryAfter = true };

    [Fact]
    public async Task Rotations_should_count_as_creations_20_in_10_seconds()
    {
        await CreateEc("k");
        for (var i = 0; i < 19; i++)
        {
            (await Call("POST", "keys/k/rotate")).Expect(200);
        }

        Tenant.Time.Advance(TimeSpan.FromSeconds(4));
        var refused = (await Call("POST", "keys/k/rotate")).Expect(429);

        Assert.Equal("Throttled", refused.Code);
        Assert.EndsWith("VaultRequestTypeLimitReached", refused.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(6), refused.Headers.RetryAfter!.Delta);
        Assert.Equal(20, Vault.VersionsOf("k").Count);
        Assert.Equal(1, Vault.ThrottledCalls);
        (await Call("GET", "keys/k")).Expect(200);

        Tenant.Time.Advance(TimeSpan.FromSeconds(6));
        (await Call("POST", "keys/k/rotate")).Expect(200);
    }

    [Fact]
    public async Task Hardware_keys_should_have_a_smaller_window_of_their_own()
    {
        for (var i = 0; i < 10; i++)
        {
            (await Call("POST", "keys/hard/create", new { kty = "EC-HSM" })).Expect(200);
        }

        (await Call("POST", "keys/hard/rotate")).Expect(429);
        (await CreateEc("soft")).Expect(200);
    }

    [Fact]
    public async Task The_limits_should_be_switched_off_and_on()
    {
        Vault.Throttled = false;
        for (var i = 0; i < 21; i++)
        {
            (await CreateEc("k")).Expect(200);
        }

        Vault.Throttled = true;
        (await CreateEc("k")).Expect(200);
    }

    [Fact]
    public async Task Without_the_option_a_429_should_not_say_how_long()
    {
        var vault = await Tenant.StartVaultAsync(o => o with { Folder = o.Folder + "-mute", Throttled = true });
        for (var i = 0; i < 20; i++)
        {
            await Tenant.CallAsync(vault, "POST", "keys/k/create", new { kty = "EC" });
        }

        Assert.Null((await Tenant.CallAsync(vault, "POST", "keys/k/rotate")).Expect(429).Headers.RetryAfter);
    }
}
