using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.KeyVault;

public sealed class KeyTests : VaultTest
{
    [Theory]
    [InlineData("EC", "P-256", null)]
    [InlineData("EC", "P-384", null)]
    [InlineData("EC-HSM", "P-521", null)]
    [InlineData("EC", "P-256K", null)]
    [InlineData("RSA", null, 2048)]
    [InlineData("RSA-HSM", null, 3072)]
    public async Task A_created_key_should_show_its_public_half_only(string kty, string? crv, int? size)
    {
        var answer = (
            await Call(
                "POST",
                "keys/issuer/create",
                new
                {
                    kty,
                    crv,
                    key_size = size,
                    tags = new { owner = "token-issuer" },
                    attributes = new { exp = 1798761600 },
                }
            )
        ).Expect(200);

        var key = answer.Body!["key"]!;
        Assert.Matches($"^{Vault.Address}keys/issuer/[0-9a-f]{{32}}$", answer.Kid);
        Assert.Equal(kty, key["kty"]!.GetValue<string>());
        Assert.All(["d", "p", "q", "dp", "dq", "qi", "k"], member => Assert.Null(key[member]));
        Assert.Equal(
            size is null ? ["crv", "x", "y"] : new[] { "e", "n" },
            key.AsObject().Select(p => p.Key).Except(["kid", "kty", "key_ops"]).Order()
        );
        var attributes = answer.Body["attributes"]!;
        Assert.True(attributes["enabled"]!.GetValue<bool>());
        Assert.Equal(1798761600, attributes["exp"]!.GetValue<long>());
        Assert.Equal(Tenant.Time.GetUtcNow().ToUnixTimeSeconds(), attributes["created"]!.GetValue<long>());
        Assert.Equal("Recoverable", attributes["recoveryLevel"]!.GetValue<string>());
        Assert.Equal(kty.EndsWith("HSM", StringComparison.Ordinal) ? "2" : "0", attributes["hsmPlatform"]!.GetValue<string>());
        Assert.Null(attributes["nbf"]);
        Assert.Equal("token-issuer", answer.Body["tags"]!["owner"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"kty":"oct"}""")]
    [InlineData("""{"kty":"RSA","key_size":1024}""")]
    [InlineData("""{"kty":"EC","crv":"P-192"}""")]
    [InlineData("""{"kty":"EC","key_ops":["encrypt"]}""")]
    [InlineData("""{"kty":"EC","attributes":{"exp":"soon"}}""")]
    [InlineData("""{"kty":"EC","attributes":{"exportable":true}}""")]
    [InlineData("""{"kty":"EC","release_policy":{"data":"AA"}}""")]
    [InlineData("""{"kty":7}""")]
    [InlineData("""{"kty":"EC","tags":{"a":1}}""")]
    [InlineData("""{"kty":"EC","kty":"RSA"}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{broken")]
    [InlineData("")]
    public async Task A_bad_create_should_be_BadParameter_and_leave_nothing(string body)
    {
        Assert.Equal("BadParameter", (await Call("POST", "keys/issuer/create", body)).Expect(400).Code);
        (await Call("GET", "keys/issuer")).Expect(404);
    }

    [Fact]
    public async Task A_bad_name_should_be_refused() => (await Call("POST", "keys/not_a_name/create", new { kty = "EC" })).Expect(400);

    [Fact]
    public async Task Creating_again_should_add_a_version_and_get_should_find_both()
    {
        var first = (await CreateEc("issuer")).Expect(200);
        var second = (await CreateEc("issuer")).Expect(200);

        Assert.NotEqual(first.Version, second.Version);
        Assert.Equal(second.Kid, (await Call("GET", "keys/issuer")).Expect(200).Kid);
        Assert.Equal(second.Kid, (await Call("GET", "keys/issuer/")).Expect(200).Kid);
        Assert.Equal(second.Kid, (await Call("GET", "keys/ISSUER")).Expect(200).Kid);
        Assert.Equal(first.Kid, (await Call("GET", $"keys/issuer/{first.Version}")).Expect(200).Kid);
        Assert.Equal("KeyNotFound", (await Call("GET", "keys/issuer/00000000000000000000000000000000")).Expect(404).Code);
        Assert.Equal("KeyNotFound", (await Call("GET", "keys/other")).Expect(404).Code);
    }

    [Fact]
    public async Task Update_should_change_what_is_given_and_nothing_else()
    {
        var created = (await Call("POST", "keys/issuer/create", new { kty = "EC", tags = new { a = "1", b = "2" } })).Expect(200);
        Tenant.Time.Advance(TimeSpan.FromMinutes(1));

        var updated = (
            await Call("PATCH", $"keys/issuer/{created.Version}", new { attributes = new { enabled = false, nbf = 1700000000 } })
        ).Expect(200);
        Assert.False(updated.Body!["attributes"]!["enabled"]!.GetValue<bool>());
        Assert.Equal(1700000000, updated.Body["attributes"]!["nbf"]!.GetValue<long>());
        Assert.Equal("2", updated.Body["tags"]!["b"]!.GetValue<string>());
        Assert.Equal(
            60,
            updated.Body["attributes"]!["updated"]!.GetValue<long>() - updated.Body["attributes"]!["created"]!.GetValue<long>()
        );

        var again = (
            await Call("PATCH", $"keys/issuer/{created.Version}", new { key_ops = new[] { "verify" }, tags = new { c = "3" } })
        ).Expect(200);
        Assert.False(again.Body!["attributes"]!["enabled"]!.GetValue<bool>());
        Assert.Equal(["verify"], again.Body["key"]!["key_ops"]!.AsArray().Select(n => n!.GetValue<string>()));
        Assert.Equal(["c"], again.Body["tags"]!.AsObject().Select(t => t.Key));
    }

    [Fact]
    public async Task Rotate_should_make_a_version_of_the_same_kind_and_leave_the_old_one_enabled()
    {
        var old = (
            await Call(
                "POST",
                "keys/issuer/create",
                new
                {
                    kty = "EC",
                    crv = "P-384",
                    key_ops = new[] { "sign" },
                    tags = new { owner = "x" },
                }
            )
        ).Expect(200);
        await Call("PUT", "keys/issuer/rotationpolicy", new { attributes = new { expiryTime = "P18M" } });

        var fresh = (await Call("POST", "keys/issuer/rotate")).Expect(200);

        Assert.NotEqual(old.Version, fresh.Version);
        Assert.NotEqual(old.Body!["key"]!["x"]!.GetValue<string>(), fresh.Body!["key"]!["x"]!.GetValue<string>());
        Assert.Equal("P-384", fresh.Body["key"]!["crv"]!.GetValue<string>());
        Assert.Equal(["sign"], fresh.Body["key"]!["key_ops"]!.AsArray().Select(n => n!.GetValue<string>()));
        Assert.Equal("x", fresh.Body["tags"]!["owner"]!.GetValue<string>());
        Assert.Equal(Tenant.Time.GetUtcNow().AddMonths(18).ToUnixTimeSeconds(), fresh.Body["attributes"]!["exp"]!.GetValue<long>());
        Assert.Equal([old.Version, fresh.Version], Vault.VersionsOf("issuer"));
        var kept = (await Call("GET", $"keys/issuer/{old.Version}")).Body!["attributes"]!;
        Assert.True(kept["enabled"]!.GetValue<bool>());
        Assert.Null(kept["exp"]);
    }

    [Theory]
    [InlineData("PATCH", "keys/cert/{0}", """{"attributes":{"enabled":false}}""")]
    [InlineData("POST", "keys/cert/rotate", null)]
    [InlineData("DELETE", "keys/cert", null)]
    [InlineData("POST", "keys/cert/create", """{"kty":"EC"}""")]
    public async Task A_key_that_a_certificate_manages_should_refuse_to_be_changed(string method, string path, string? body)
    {
        var version = Vault.AddCertificateKey("cert");
        Assert.True((await Call("GET", "keys/cert")).Expect(200).Body!["managed"]!.GetValue<bool>());

        Assert.Equal("Forbidden", (await Call(method, string.Format(path, version), body)).Expect(403).Code);
        Assert.Equal([version], Vault.VersionsOf("cert"));
    }

    [Fact]
    public async Task Keys_should_survive_a_restart_with_all_they_have()
    {
        var old = await CreateEc("issuer");
        await Call("PATCH", $"keys/issuer/{old.Version}", new { attributes = new { enabled = false }, tags = new { owner = "x" } });
        var fresh = await Call("POST", "keys/issuer/rotate");
        await CreateEc("gone");
        await Call("DELETE", "keys/gone");
        var port = Vault.Address.Port;
        await Vault.DisposeAsync();

        var again = await Tenant.StartVaultAsync(o => o with { Port = port });

        var read = (await Tenant.CallAsync(again, "GET", $"keys/issuer/{old.Version}")).Expect(200);
        Assert.Equal(old.Body!["key"]!["x"]!.GetValue<string>(), read.Body!["key"]!["x"]!.GetValue<string>());
        Assert.Equal(old.Kid, read.Kid);
        Assert.False(read.Body["attributes"]!["enabled"]!.GetValue<bool>());
        Assert.Equal([old.Version, fresh.Version], again.VersionsOf("issuer"));
        (await Tenant.CallAsync(again, "GET", "deletedkeys/gone")).Expect(404);
        (await Tenant.CallAsync(again, "GET", "deletedkeys/gone")).Expect(200);
    }
}
