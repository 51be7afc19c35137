using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.KeyVault;

public sealed class SigningTests : VaultTest
{
    private static readonly byte[] Message = "who signs this?"u8.ToArray();

    [Theory]
    [InlineData("ES256", "P-256", 64)]
    [InlineData("ES384", "P-384", 96)]
    [InlineData("ES512", "P-521", 132)]
    [InlineData("ES256K", "P-256K", 64)]
    public async Task An_ECDSA_signature_should_be_raw_and_hold_under_the_published_key(string alg, string crv, int length)
    {
        var key = (await Call("POST", "keys/k/create", new { kty = "EC", crv })).Expect(200).Body!["key"]!;

        var answer = (await Call("POST", "keys/k//sign", new { alg, value = Encode(Digest(alg)) })).Expect(200);

        Assert.Equal(key["kid"]!.GetValue<string>(), answer.Body!["kid"]!.GetValue<string>());
        var signature = Bytes(answer.Body, "value");
        Assert.Equal(length, signature.Length);
        using var ec = ECDsa.Create(
            new ECParameters
            {
                Curve = crv switch
                {
                    "P-384" => ECCurve.NamedCurves.nistP384,
                    "P-521" => ECCurve.NamedCurves.nistP521,
                    "P-256K" => ECCurve.CreateFromFriendlyName("secp256k1"),
                    _ => ECCurve.NamedCurves.nistP256,
                },
                Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") },
            }
        );
        Assert.True(ec.VerifyHash(Digest(alg), signature));
        Assert.True(await Verify(alg, Digest(alg), signature));
        signature[^1] ^= 1;
        Assert.False(await Verify(alg, Digest(alg), signature));
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    public async Task An_RSA_signature_should_hold_under_the_published_key(string alg)
    {
        var key = (await Call("POST", "keys/k/create", new { kty = "RSA" })).Expect(200).Body!["key"]!;

        var signature = Bytes((await Call("POST", "keys/k/sign", new { alg, value = Encode(Digest(alg)) })).Expect(200).Body!, "value");

        using var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") });
        Assert.True(
            rsa.VerifyHash(Digest(alg), signature, HashOf(alg), alg[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1)
        );
        Assert.True(await Verify(alg, Digest(alg), signature));
    }

    [Theory]
    [InlineData("ES256", 31)]
    [InlineData("ES256", 48)]
    [InlineData("ES384", 48)]
    [InlineData("RS256", 32)]
    [InlineData("none", 32)]
    public async Task A_wrong_length_or_an_algorithm_that_does_not_fit_should_be_BadParameter(string alg, int length)
    {
        await CreateEc("k");

        Assert.Equal("BadParameter", (await Call("POST", "keys/k/sign", new { alg, value = Encode(new byte[length]) })).Expect(400).Code);
    }

    [Fact]
    public async Task A_disabled_version_should_not_sign_and_still_verify()
    {
        await CreateEc("k");
        var signature = await Sign("k");
        await Call("PATCH", "keys/k", new { attributes = new { enabled = false } });

        var refused = (await Call("POST", "keys/k/sign", new { alg = "ES256", value = Encode(Digest("ES256")) })).Expect(403);
        Assert.Equal("Forbidden", refused.Code);
        Assert.Equal("KeyDisabled", refused.Inner);
        Assert.True(await Verify("ES256", Digest("ES256"), signature));
        (await Call("GET", "keys/k")).Expect(200);
    }

    [Fact]
    public async Task Outside_its_window_a_key_should_not_sign_and_still_verify()
    {
        var now = Tenant.Time.GetUtcNow().ToUnixTimeSeconds();
        await Call("POST", "keys/k/create", new { kty = "EC", attributes = new { nbf = now + 60, exp = now + 120 } });
        (await Call("POST", "keys/k/sign", new { alg = "ES256", value = Encode(Digest("ES256")) })).Expect(403);
        Tenant.Time.Advance(TimeSpan.FromSeconds(60));
        var signature = await Sign("k");
        Tenant.Time.Advance(TimeSpan.FromSeconds(60));
        (await Call("POST", "keys/k/sign", new { alg = "ES256", value = Encode(Digest("ES256")) })).Expect(403);

        Assert.True(await Verify("ES256", Digest("ES256"), signature));
    }

    [Fact]
    public async Task A_version_that_has_lost_the_operation_should_not_sign()
    {
        await CreateEc("k");
        await Call("PATCH", "keys/k", new { key_ops = new[] { "verify" } });

        (await Call("POST", "keys/k/sign", new { alg = "ES256", value = Encode(Digest("ES256")) })).Expect(403);
    }

    [Theory]
    [InlineData("RSA-OAEP", "encrypt", "decrypt")]
    [InlineData("RSA-OAEP-256", "wrapkey", "unwrapkey")]
    [InlineData("RSA1_5", "wrapKey", "unwrapKey")]
    public async Task What_is_encrypted_should_be_decrypted_even_by_an_expired_key_but_not_by_a_disabled_one(
        string alg,
        string there,
        string back
    )
    {
        await Call(
            "POST",
            "keys/k/create",
            new { kty = "RSA", attributes = new { exp = Tenant.Time.GetUtcNow().ToUnixTimeSeconds() + 60 } }
        );
        var cipher = (await Call("POST", $"keys/k/{there}", new { alg, value = Encode(Message) })).Expect(200).Body![
            "value"
        ]!.GetValue<string>();

        Tenant.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(Message, Bytes((await Call("POST", $"keys/k/{back}", new { alg, value = cipher })).Expect(200).Body!, "value"));
        (await Call("POST", $"keys/k/{there}", new { alg, value = Encode(Message) })).Expect(403);
        (await Call("POST", $"keys/k/{back}", new { alg, value = Encode(Message) })).Expect(400);
        await Call("PATCH", "keys/k", new { attributes = new { enabled = false } });
        Assert.Equal("KeyDisabled", (await Call("POST", $"keys/k/{back}", new { alg, value = cipher })).Expect(403).Inner);
    }

    [Fact]
    public async Task An_imported_key_should_sign_as_the_original_and_leave_no_private_member_behind()
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var p = own.ExportParameters(true);
        var jwk = new
        {
            kty = "EC",
            crv = "P-256",
            x = Encode(p.Q.X!),
            y = Encode(p.Q.Y!),
            d = Encode(p.D!),
            key_ops = new[] { "sign" },
        };

        var answer = (await Call("PUT", "keys/k", new { key = jwk, Hsm = true })).Expect(200);

        Assert.Equal("EC-HSM", answer.Body!["key"]!["kty"]!.GetValue<string>());
        Assert.Null(answer.Body["key"]!["d"]);
        Assert.True(own.VerifyHash(Digest("ES256"), await Sign("k")));
        (
            await Call(
                "PUT",
                "keys/k",
                new
                {
                    key = new
                    {
                        kty = "EC",
                        crv = "P-256",
                        x = Encode(p.Q.X!),
                        y = Encode(p.Q.Y!),
                    },
                }
            )
        ).Expect(400);
        (
            await Call(
                "PUT",
                "keys/k",
                new
                {
                    key = new
                    {
                        kty = "EC",
                        crv = "P-256",
                        x = Encode(p.Q.Y!),
                        y = Encode(p.Q.X!),
                        d = Encode(p.D!),
                    },
                }
            )
        ).Expect(400);
    }

    [Fact]
    public async Task A_stolen_private_key_should_sign_what_the_vault_verifies()
    {
        var version = (await CreateEc("k")).Version;

        using var stolen = (ECDsa)Vault.ExportPrivateKey("k", version);

        Assert.True(await Verify("ES256", Digest("ES256"), stolen.SignHash(Digest("ES256"))));
        Assert.Throws<KeyNotFoundException>(() => Vault.ExportPrivateKey("other"));
    }

    private static HashAlgorithmName HashOf(string alg) =>
        alg[2..5] switch
        {
            "384" => HashAlgorithmName.SHA384,
            "512" => HashAlgorithmName.SHA512,
            _ => HashAlgorithmName.SHA256,
        };

    private static byte[] Digest(string alg) => CryptographicOperations.HashData(HashOf(alg), Message);

    private static string Encode(byte[] bytes) => Base64UrlEncoder.Encode(bytes);

    private static byte[] Bytes(JsonNode node, string member) => Base64UrlEncoder.DecodeBytes(node[member]!.GetValue<string>());

    private async Task<byte[]> Sign(string name) =>
        Bytes((await Call("POST", $"keys/{name}/sign", new { alg = "ES256", value = Encode(Digest("ES256")) })).Expect(200).Body!, "value");

    private async Task<bool> Verify(string alg, byte[] digest, byte[] signature) => (
            await Call(
                "POST",
                "keys/k/verify",
                new
                {
                    alg,
                    digest = Encode(digest),
                    value = Encode(signature),
                }
            )
        ).Expect(200).Body!["value"]!.GetValue<bool>();
}
