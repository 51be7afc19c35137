using System.Text.Json;
using Rekey.Azure.KeyVault;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Trust;
using Rekey.Trust.Vaults;
using static Rekey.Azure.Tests.KeyVault.Vault;

namespace Rekey.Azure.Tests.KeyVault;

public sealed class KeyVaultKeysClientTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task RotateKey_should_read_the_new_version()
    {
        await using var vault = await StartAsync();
        vault.Stub.On("POST", "/keys/issuer/rotate", Bundle(V2));

        var version = await vault.Client.RotateKeyAsync(Key, Cancel);

        Assert.Equal(V2, version.Version);
        Assert.Equal("EC", version.PublicKey.KeyType);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1767225600), version.Created);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1798761600), version.ExpiresOn);
        Assert.True(version.CanSign);
        Assert.False(version.Managed);
        Assert.Equal("token-issuer", version.Tags["owner"]);
        var sent = Assert.Single(vault.Stub.Authorized);
        Assert.Equal("/keys/issuer/rotate?api-version=2025-07-01", sent.Url);
        Assert.Equal("", sent.Body);
        Assert.True(Guid.TryParse(sent.Headers["x-ms-client-request-id"], out _));
    }

    [Fact]
    public async Task UpdateKeyProperties_should_send_only_what_changes()
    {
        await using var vault = await StartAsync();
        vault.Stub.On("PATCH", $"/keys/issuer/{V1}", Bundle());

        await vault.Client.UpdateKeyPropertiesAsync(Key, V1, new KeyChange(Enabled: false), Cancel);
        await vault.Client.UpdateKeyPropertiesAsync(
            Key,
            V1,
            new KeyChange(Operations: ["verify"], Tags: new Dictionary<string, string> { ["a"] = "b" }),
            Cancel
        );

        Assert.Equal(
            ["""{"attributes":{"enabled":false}}""", """{"key_ops":["verify"],"tags":{"a":"b"}}"""],
            vault.Stub.Authorized.Select(r => r.Body)
        );
        // The probe must not carry the body.
        Assert.Equal("", Assert.Single(vault.Stub.Requests, r => r.Token is null).Body);
    }

    [Fact]
    public async Task GetKey_should_read_the_newest_and_a_named_version_and_name_K256_as_IANA_does()
    {
        await using var vault = await StartAsync();
        vault.Stub.On("GET", "/keys/issuer/", Bundle(V2)).On("GET", $"/keys/issuer/{V1}", Bundle(crv: "P-256K"));

        Assert.Equal(V2, (await vault.Client.GetKeyAsync(Key, version: null, Cancel)).Version);
        Assert.Equal("secp256k1", (await vault.Client.GetKeyAsync(Key, V1, Cancel)).PublicKey.Curve);
    }

    [Fact]
    public async Task GetPropertiesOfKeys_should_read_every_page_and_follow_no_link_elsewhere()
    {
        await using var vault = await StartAsync();
        vault.Stub.On(
            "GET",
            "/keys",
            new Reply(
                200,
                """
                {"value":[{"kid":"https://kv-demo-01.vault.azure.net/keys/issuer","attributes":{"enabled":true,"created":1767225600,
                  "updated":1767225700}}],
                 "nextLink":"https://kv-demo-01.vault.azure.net:443/keys?api-version=7.5&$skiptoken=a"}
                """
            ),
            new Reply(
                200,
                """
                {"value":[{"kid":"https://kv-demo-01.vault.azure.net/keys/other","attributes":{"enabled":false,"created":1,
                  "updated":2}}],"nextLink":null}
                """
            )
        );

        Assert.Equal(
            [
                new KeyProperties("issuer", DateTimeOffset.FromUnixTimeSeconds(1767225700)),
                new KeyProperties("other", DateTimeOffset.FromUnixTimeSeconds(2)),
            ],
            await vault.Client.GetPropertiesOfKeysAsync(Key.VaultUri, Cancel)
        );

        vault.Stub.On("GET", "/keys", new Reply(200, """{"value":[],"nextLink":"https://elsewhere.example/keys"}"""));
        await Assert.ThrowsAsync<CannotContinueException>(() => vault.Client.GetPropertiesOfKeysAsync(Key.VaultUri, Cancel));
    }

    [Theory]
    [InlineData("../secrets/x")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task Names_and_versions_cannot_leave_their_place_in_the_path(string text)
    {
        await using var vault = await StartAsync();

        await Assert.ThrowsAsync<CannotContinueException>(() => vault.Client.GetKeyAsync(Key, text, Cancel));
        await Assert.ThrowsAsync<CannotContinueException>(() => vault.Client.GetKeyAsync(Key with { Name = text }, V1, Cancel));
        Assert.Empty(vault.Stub.Requests);
    }

    [Fact]
    public async Task A_bundle_of_another_key_is_refused()
    {
        await using var vault = await StartAsync();
        vault.Stub.On("GET", "/keys/other/", Bundle());

        var refused = await Assert.ThrowsAsync<CannotContinueException>(() =>
            vault.Client.GetKeyAsync(Key with { Name = "other" }, version: null, Cancel)
        );
        Assert.Equal(VaultReasons.BadRequest, refused.Reason);
    }

    [Fact]
    public async Task Listing_should_follow_links_past_an_empty_page_and_sort_by_creation()
    {
        await using var vault = await StartAsync();
        static string Item(string version, int created) =>
            $$$"""
                {"kid":"https://KV-demo-01.vault.azure.net/keys/Issuer/{{{version}}}","attributes":{"enabled":true,
                 "created":{{{created}}}}}
                """;
        vault.Stub.On(
            "GET",
            "/keys/issuer/versions",
            new Reply(
                200,
                $$"""
                {"value":[{{Item(V2, 200)}}],
                 "nextLink":
                 "https://kv-demo-01.vault.azure.net:443/keys/issuer/versions?api-version=7.5&$skiptoken=eyJOZXh0%2B&maxresults=2"}
                """
            ),
            new Reply(
                200,
                """{"value":[],"nextLink":"https://kv-demo-01.vault.azure.net/keys/issuer/versions?api-version=7.5&$skiptoken=b"}"""
            ),
            new Reply(200, $$"""{"value":[{{Item(V1, 100)}}],"nextLink":null}""")
        );

        var versions = await vault.Client.GetPropertiesOfKeyVersionsAsync(Key, Cancel);

        Assert.Equal([V1, V2], versions.Select(v => v.Version));
        Assert.Equal("/keys/issuer/versions?api-version=7.5&$skiptoken=eyJOZXh0%2B&maxresults=2", vault.Stub.Authorized[1].Url);
        Assert.Equal(3, vault.Stub.Authorized.Count);
    }

    [Theory]
    [InlineData("https://kv-evil.vault.azure.net/keys/issuer/versions")]
    [InlineData("https://kv-demo-01.vault.azure.net:8443/keys/issuer/versions")]
    [InlineData("http://kv-demo-01.vault.azure.net/keys/issuer/versions")]
    [InlineData("/keys/issuer/versions")]
    public async Task A_next_page_elsewhere_is_not_followed(string link)
    {
        await using var vault = await StartAsync();
        vault.Stub.On("GET", "/keys/issuer/versions", new Reply(200, $$"""{"value":[],"nextLink":"{{link}}"}"""));

        await Assert.ThrowsAsync<CannotContinueException>(() => vault.Client.GetPropertiesOfKeyVersionsAsync(Key, Cancel));
        Assert.Single(vault.Stub.Authorized);
    }

    [Fact]
    public async Task Pages_that_link_in_a_circle_come_to_an_end()
    {
        await using var vault = await StartAsync();
        vault.Stub.On(
            "GET",
            "/keys/issuer/versions",
            new Reply(200, """{"value":[],"nextLink":"https://kv-demo-01.vault.azure.net/keys/issuer/versions?x"}""")
        );

        await Assert.ThrowsAsync<CannotContinueException>(() => vault.Client.GetPropertiesOfKeyVersionsAsync(Key, Cancel));
    }

    [Fact]
    public async Task Sign_should_send_the_digest_and_return_the_raw_signature()
    {
        await using var vault = await StartAsync();
        vault
            .Stub.On(
                "POST",
                $"/keys/issuer/{V1}/sign",
                new Reply(200, $$"""{"kid":"https://kv-demo-01.vault.azure.net/keys/issuer/{{V1}}","value":"-_8"}""")
            )
            .On("POST", $"/keys/issuer/{V1}/verify", new Reply(200, """{"value":true}"""));

        Assert.Equal([0xfb, 0xff], await vault.Client.SignAsync(Key, V1, "ES256", new byte[] { 0xff, 0xef }, Cancel));
        Assert.True(await vault.Client.VerifyAsync(Key, V1, "ES256", new byte[] { 1 }, new byte[] { 2 }, Cancel));
        Assert.Equal(
            ["""{"alg":"ES256","value":"_-8"}""", """{"alg":"ES256","digest":"AQ","value":"Ag"}"""],
            vault.Stub.Authorized.Select(r => r.Body)
        );
    }

    [Theory]
    [InlineData("P-256", "ES256", 32)]
    [InlineData("P-384", "ES384", 48)]
    [InlineData("P-521", "ES512", 64)]
    [InlineData("P-256K", "ES256K", 32)]
    public async Task The_document_signer_hashes_as_the_curve_wants(string curve, string algorithm, int length)
    {
        await using var vault = await StartAsync();
        vault
            .Stub.On("GET", "/keys/issuer/", Bundle(V2, crv: curve))
            .On(
                "POST",
                $"/keys/issuer/{V2}/sign",
                new Reply(200, $$"""{"kid":"https://kv-demo-01.vault.azure.net/keys/issuer/{{V2}}","value":"AQ"}""")
            );
        var signer = new KeyVaultDocumentSigner(vault.Client, Key, version: null, "PS256", vault.Clock);

        Assert.Equal(algorithm, (await signer.DescribeAsync(Cancel)).Algorithm);
        await signer.SignAsync("header.payload"u8.ToArray(), Cancel);

        var sent = JsonDocument.Parse(vault.Stub.Authorized[^1].Body).RootElement;
        Assert.Equal(algorithm, sent.GetProperty("alg").GetString());
        Assert.Equal(length, System.Buffers.Text.Base64Url.DecodeFromChars(sent.GetProperty("value").GetString()).Length);
    }

    [Fact]
    public async Task The_document_key_is_read_again_after_some_minutes_only()
    {
        await using var vault = await StartAsync();
        vault.Stub.On("GET", "/keys/issuer/", Bundle());
        var signer = new KeyVaultDocumentSigner(vault.Client, Key, version: null, "PS256", vault.Clock);

        await signer.DescribeAsync(Cancel);
        await signer.DescribeAsync(Cancel);
        Assert.Single(vault.Stub.Authorized);
        vault.Clock.Advance(TimeSpan.FromMinutes(6));
        await signer.DescribeAsync(Cancel);
        Assert.Equal(2, vault.Stub.Authorized.Count);
    }

    [Fact]
    public async Task While_an_older_version_is_pinned_the_newest_is_the_next_document_key()
    {
        await using var vault = await StartAsync();
        vault.Stub.On("GET", "/keys/issuer/", Bundle(V2)).On("GET", $"/keys/issuer/{V1}", Bundle(V1));
        KeyVaultDocumentSigner Signer(string? version) => new(vault.Client, Key, version, "PS256", vault.Clock);

        Assert.Equal("ES256", (await Signer(V1).FindNextAsync(Cancel))!.Algorithm);
        Assert.Null(await Signer(V2).FindNextAsync(Cancel));
        Assert.Null(await Signer(version: null).FindNextAsync(Cancel));

        // It is asked for again after some minutes only, and one that is of no use stops nothing.
        var signer = Signer(V1);
        var asked = vault.Stub.Authorized.Count;
        await signer.FindNextAsync(Cancel);
        await signer.FindNextAsync(Cancel);
        Assert.Equal(asked + 1, vault.Stub.Authorized.Count);
        vault.Stub.On("GET", "/keys/issuer/", Bundle(V2, crv: "P-256K"));
        vault.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("ES256K", (await signer.FindNextAsync(Cancel))!.Algorithm);
    }

    [Fact]
    public async Task Public_keys_are_read_once_and_a_missing_version_is_null()
    {
        await using var vault = await StartAsync();
        vault.Stub.On("GET", $"/keys/issuer/{V1}", Bundle());
        var keys = new KeyVaultPublicKeys(vault.Client);

        var first = await keys.ReadAsync(Key, V1, Cancel);
        Assert.Equal(first, await keys.ReadAsync(new SigningKey(new Uri("https://KV-demo-01.vault.azure.net"), "ISSUER"), V1, Cancel));
        Assert.Single(vault.Stub.Authorized);
        Assert.Null(await keys.ReadAsync(Key, V2, Cancel));
    }
}
