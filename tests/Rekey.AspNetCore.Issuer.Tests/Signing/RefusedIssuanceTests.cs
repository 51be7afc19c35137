using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using Rekey.AspNetCore.Issuer.Tests.Support;
using Rekey.Trust.Lists;

namespace Rekey.AspNetCore.Issuer.Tests.Signing;

/// <summary>When an issuer cannot know what to sign with, or gateways would refuse the token, it mints none.</summary>
public sealed class RefusedIssuanceTests
{
    /// <summary>What the trust list says of the key, and the reason of the refusal.</summary>
    private static IReadOnlyList<(string Reason, Func<TrustList, TrustList> Change)> Lists =>
        [
            ("no-current-key", l => Change(l, k => k with { Current = false })),
            ("no-current-key", l => Change(l, k => k with { Issuer = "https://login.example/other" })),
            ("no-current-key", l => l with { Revoked = [l.Keys[0].Thumbprint] }),
            ("key-retired", l => Change(l, k => k with { Window = k.Window with { IssuedUntil = DateTimeOffset.UtcNow.AddSeconds(-1) } })),
            ("key-retired", l => Change(l, k => k with { Window = k.Window with { TrustedUntil = DateTimeOffset.UtcNow.AddSeconds(-1) } })),
            ("algorithm-not-bound", l => Change(l, k => k with { Algorithms = ["PS256"] })),
            ("several-keys", l => l with { Keys = [l.Keys[0], l.Keys[0] with { KeyId = "kv/other" }] }),
        ];

    [Fact]
    public async Task A_list_that_names_no_version_to_sign_with_stops_the_minting()
    {
        await using var world = await IssuerWorld.StartAsync();
        var issuer = await world.IssuerAsync();
        var key = world.Published.Keys[0];
        for (var n = 0; n < Lists.Count; n++)
        {
            await world.PublishAsync(key);
            await issuer.PullAsync();
            Assert.Null(await issuer.RefusalAsync());
            Assert.Equal(HealthStatus.Healthy, (await issuer.HealthAsync()).Status);

            await world.PublishAsync(Lists[n].Change, key);
            await issuer.PullAsync();
            Assert.Equal(Lists[n].Reason, await issuer.RefusalAsync());
            Assert.Null(await issuer.TokenAsync());
            Assert.Equal(HealthStatus.Unhealthy, (await issuer.HealthAsync()).Status);
            Assert.Equal(n + 1, world.Rows().Count);
        }
    }

    [Fact]
    public async Task Without_a_list_and_after_its_end_no_token_is_minted_and_a_restart_goes_on_with_the_kept_one()
    {
        await using var world = await IssuerWorld.StartAsync();
        world.Rekey.IsDown = true;
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using (var first = await world.IssuerAsync(timeProvider: clock))
        {
            Assert.Equal("no-list", await first.RefusalAsync());
            world.Rekey.IsDown = false;
            await first.PullAsync();
            Assert.Null(await first.RefusalAsync());
        }

        world.Rekey.IsDown = true;
        var issuer = await world.IssuerAsync(timeProvider: clock);
        Assert.Null(await issuer.RefusalAsync());
        clock.SetUtcNow(world.Published.ValidUntil);
        Assert.Equal("list-expired", await issuer.RefusalAsync());
    }

    [Fact]
    public async Task A_token_that_gateways_would_refuse_is_not_signed()
    {
        await using var world = await IssuerWorld.StartAsync();
        var issuer = await world.IssuerAsync();
        Assert.Equal("iss-not-bound", await issuer.RefusalAsync(RunningIssuer.Claims(issuer: "https://login.example/other")));
        Assert.Equal("claims-malformed", await issuer.RefusalAsync(RunningIssuer.Claims(jti: new string('a', 2049))));
        Assert.Equal("token-too-long", await issuer.RefusalAsync(RunningIssuer.Claims(jti: new string('a', 16 * 1024))));
        Assert.Empty(world.Rows());
    }

    [Fact]
    public async Task A_vault_that_refuses_and_too_many_that_wait_mint_nothing()
    {
        await using var world = await IssuerWorld.StartAsync();
        var issuer = await world.IssuerAsync(configure: o => o.MaxWaiting = 1);
        world.Vault.Faults.Fail("KeySign", 403, "Forbidden", "ForbiddenByRbac");
        Assert.Equal("vault-refused", await issuer.RefusalAsync());

        using var hold = world.Vault.Faults.HoldBefore("KeySign");
        var waits = issuer.RefusalAsync();
        await hold.Reached;
        Assert.Equal("busy", await issuer.RefusalAsync());
        hold.Release();
        Assert.Null(await waits);
    }

    private static TrustList Change(TrustList list, Func<TrustEntry, TrustEntry> change) => list with { Keys = [change(list.Keys[0])] };
}
