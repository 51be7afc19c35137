using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using Rekey.Azure.Tests.KeyVault;
using Rekey.Azure.Tests.Support;
using Rekey.Core;
using Rekey.Recordings;
using Rekey.Trust;
using Rekey.Trust.Vaults;

namespace Rekey.Azure.Tests.Recordings;

/// <summary>Each recorded answer of a vault, given to the client that would ask for it.</summary>
public sealed class KeyAnswersTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    public static readonly IReadOnlyList<int> Bundles = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 23, 29, 31, 32, 33, 34];
    public static readonly IReadOnlyList<int> Challenges = [1, 2, 3, 19];
    public static readonly IReadOnlyList<int> Others = [16, 17, 18, 20, 28];

    public static TheoryData<int> BundleLines => [.. Bundles];

    public static TheoryData<int> ChallengeLines => [.. Challenges];

    [Theory]
    [MemberData(nameof(BundleLines))]
    public async Task A_bundle_is_read_as_the_version_that_it_is(int line)
    {
        var recording = AzureRecording.Read("keys", line);
        await using var vault = await Vault.StartAsync();
        vault.Stub.Answers = _ => Given(recording);
        var (wanted, attributes) = (recording.Answer!["key"]!, recording.Answer["attributes"]!);
        var kid = wanted["kid"]!.GetValue<string>().Split('/');

        var read = await vault.Client.GetKeyAsync(new SigningKey(Vault.Key.VaultUri, kid[^2]), version: null, Cancel);

        Assert.Equal(
            (kid[^1], attributes["enabled"]!.GetValue<bool>(), attributes["created"]!.GetValue<long>()),
            (read.Version, read.Enabled, read.Created.ToUnixTimeSeconds())
        );
        Assert.Equal(attributes["exp"]?.GetValue<long>(), read.ExpiresOn?.ToUnixTimeSeconds());
        Assert.Equal(wanted["key_ops"]!.AsArray().Select(o => o!.GetValue<string>()), read.Operations);
        Assert.Equal(
            recording.Answer["tags"]?.AsObject().Select(t => (t.Key, t.Value!.GetValue<string>())) ?? [],
            read.Tags.Select(t => (t.Key, t.Value))
        );
        Assert.False(read.Managed);
        Assert.Equal(wanted["kty"]!.GetValue<string>().Replace("-HSM", "", StringComparison.Ordinal), read.PublicKey.KeyType);
        if (read.PublicKey.KeyType == "RSA")
        {
            Assert.Equal("AQAB", read.PublicKey.Exponent);
        }

        Assert.Equal(Theirs(wanted), read.PublicKey.Curve == "secp256k1" ? null : read.PublicKey.Thumbprint);
    }

    [Theory]
    [MemberData(nameof(ChallengeLines))]
    public async Task A_challenge_is_answered_with_a_token_of_its_tenant_for_vaults(int line)
    {
        var recording = AzureRecording.Read("keys", line);
        await using var vault = await Vault.StartAsync();
        vault.Stub.Challenge = Given(recording);
        vault.Stub.Answers = _ => new Reply(200, """{"value":[],"nextLink":null}""");

        Assert.Empty(await vault.Client.GetPropertiesOfKeyVersionsAsync(Vault.Key, Cancel));

        var asked = Assert.Single(vault.Credential.Asked);
        Assert.Equal(("https://vault.azure.net/.default", "99999999-8888-7777-6666-555555555555"), (asked.Scopes.Single(), asked.TenantId));
    }

    [Fact]
    public async Task Versions_come_over_two_pages_and_the_link_is_followed_as_it_is()
    {
        var (first, second) = (AzureRecording.Read("keys", 17), AzureRecording.Read("keys", 18));
        await using var vault = await Vault.StartAsync();
        vault.Stub.Answers = asked => Given(asked.Url.Contains("skiptoken", StringComparison.Ordinal) ? second : first);

        var versions = await vault.Client.GetPropertiesOfKeyVersionsAsync(Vault.Key, Cancel);

        Assert.Equal(
            [("7a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d", true), ("e7f8091a2b3c4d5e6f708192a3b4c5d6", false)],
            versions.Select(v => (v.Version, v.Enabled))
        );
        Assert.Equal(second.Path, vault.Stub.Authorized[^1].Url);
    }

    [Theory]
    [InlineData(16, 0)]
    [InlineData(20, 2)]
    public async Task A_list_on_one_page_ends_there(int line, int count)
    {
        var recording = AzureRecording.Read("keys", line);
        await using var vault = await Vault.StartAsync();
        vault.Stub.Answers = _ => Given(recording);

        Assert.Equal(count, (await vault.Client.GetPropertiesOfKeyVersionsAsync(Vault.Key, Cancel)).Count);
        Assert.Single(vault.Stub.Authorized);
    }

    [Fact]
    public async Task A_key_that_lies_among_the_deleted_ones_is_deleted()
    {
        var recording = AzureRecording.Read("keys", 28);
        await using var vault = await Vault.StartAsync();
        vault.Stub.On("GET", "/deletedkeys/issuer", Given(recording));

        var refused = await Assert.ThrowsAsync<CannotContinueException>(() => vault.Client.GetKeyAsync(Vault.Key, version: null, Cancel));

        Assert.Equal(VaultReasons.Deleted, refused.Reason);
    }

    internal static Reply Given(AzureRecording recording) =>
        new(recording.Status, recording.Answer?.ToJsonString() ?? "")
        {
            Headers = recording.Header("WWW-Authenticate") is { } challenge ? new() { ["WWW-Authenticate"] = challenge } : [],
        };

    /// <summary>
    /// The thumbprint by .NET's reading of the key and Microsoft.IdentityModel's hash; null for a curve that the latter does not know.
    /// </summary>
    private static string? Theirs(JsonNode key)
    {
        byte[] Octets(string member) => Base64Url.DecodeFromChars(key[member]!.GetValue<string>());
        if (key["crv"]?.GetValue<string>() is not { } curve)
        {
            using var rsa = RSA.Create(new RSAParameters { Modulus = Octets("n"), Exponent = Octets("e") });
            var read = new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: false));
            return Base64UrlEncoder.Encode(JsonWebKeyConverter.ConvertFromRSASecurityKey(read).ComputeJwkThumbprint());
        }

        if (curve == "SECP256K1")
        {
            return null;
        }

        var named = curve == "P-521" ? ECCurve.NamedCurves.nistP521 : ECCurve.NamedCurves.nistP256;
        using var ec = ECDsa.Create(
            new ECParameters
            {
                Curve = named,
                Q = new() { X = Octets("x"), Y = Octets("y") },
            }
        );
        return Base64UrlEncoder.Encode(JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(ec)).ComputeJwkThumbprint());
    }
}
