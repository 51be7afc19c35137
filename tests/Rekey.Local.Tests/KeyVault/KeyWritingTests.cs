using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using Rekey.Local.KeyVault.Server;
using Rekey.Local.Tests.Support;

namespace Rekey.Local.Tests.KeyVault;

/// <summary>How a vault writes keys down, which is not always as the standard has it: each fact was recorded of a real one.</summary>
public sealed class KeyWritingTests : VaultTest
{
    private const string ExponentOfHsm = "AAEAAQ";

    protected override KeyVaultOptions Configure(KeyVaultOptions options) => options with { PurgeProtection = false, SettleAfterPolls = 0 };

    [Theory]
    [InlineData("RSA-HSM", ExponentOfHsm)]
    [InlineData("RSA", "AQAB")]
    public async Task A_key_made_in_an_HSM_should_have_the_long_exponent_in_every_answer(string kty, string exponent)
    {
        var made = (await Call("POST", "keys/issuer/create", new { kty })).Expect(200);
        var rotated = (await Call("POST", "keys/issuer/rotate")).Expect(200);
        var read = (await Call("GET", $"keys/issuer/{made.Version}")).Expect(200);
        Assert.All([made, rotated, read], a => Assert.Equal(exponent, Member(a, "e")));

        var blob = (await Call("POST", "keys/issuer/backup")).Expect(200).Body!["value"]!.GetValue<string>();
        (await Call("DELETE", "keys/issuer")).Expect(200);
        (await Call("DELETE", "deletedkeys/issuer")).Expect(204);
        Assert.Equal(exponent, Member((await Call("POST", "keys/restore", new { value = blob })).Expect(200), "e"));
    }

    [Fact]
    public async Task A_key_imported_into_an_HSM_should_keep_its_exponent_until_it_is_rotated()
    {
        using var rsa = RSA.Create(2048);
        Assert.Equal("AQAB", Member((await Call("PUT", "keys/issuer", Imported(rsa, hsm: true))).Expect(200), "e"));
        Assert.Equal(ExponentOfHsm, Member((await Call("POST", "keys/issuer/rotate")).Expect(200), "e"));
    }

    [Fact]
    public async Task Coordinates_should_come_back_as_they_were_sent_and_the_key_should_sign()
    {
        using var ec = WithLeadingZeros();
        var p = ec.ExportParameters(includePrivateParameters: true);
        var (x, y) = (Base64UrlEncoder.Encode(p.Q.X.AsSpan(1).ToArray()), Base64UrlEncoder.Encode(p.Q.Y.AsSpan(1).ToArray()));

        var imported = (
            await Call(
                "PUT",
                "keys/issuer",
                new
                {
                    key = new
                    {
                        kty = "EC",
                        crv = "P-521",
                        x,
                        y,
                        d = Base64UrlEncoder.Encode(p.D),
                    },
                }
            )
        ).Expect(200);

        Assert.Equal((x, y), (Member(imported, "x"), Member(imported, "y")));
        var digest = SHA512.HashData("what is signed"u8);
        var signature = (await Call("POST", "keys/issuer/sign", new { alg = "ES512", value = Base64UrlEncoder.Encode(digest) }))
            .Expect(200)
            .Body!["value"]!.GetValue<string>();
        Assert.True(ec.VerifyHash(digest, Base64UrlEncoder.DecodeBytes(signature), DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    [Fact]
    public async Task The_koblitz_curve_should_keep_the_name_that_it_was_imported_under()
    {
        using var ec = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1"));
        var p = ec.ExportParameters(includePrivateParameters: true);
        var key = new
        {
            kty = "EC",
            crv = "SECP256K1",
            x = Base64UrlEncoder.Encode(p.Q.X),
            y = Base64UrlEncoder.Encode(p.Q.Y),
            d = Base64UrlEncoder.Encode(p.D),
        };
        Assert.Equal("SECP256K1", Member((await Call("PUT", "keys/issuer", new { key })).Expect(200), "crv"));
        Assert.Equal("P-256K", Member((await Call("POST", "keys/other/create", new { kty = "EC", crv = "P-256K" })).Expect(200), "crv"));
    }

    [Fact]
    public async Task A_small_key_should_be_taken_into_software_and_not_into_an_HSM()
    {
        using var small = RSA.Create(1024);
        (await Call("PUT", "keys/issuer", Imported(small, hsm: false))).Expect(200);
        Assert.Equal("BadParameter", (await Call("PUT", "keys/other", Imported(small, hsm: true))).Expect(400).Code);
    }

    [Fact]
    public async Task A_key_for_import_alone_should_end_after_two_days_unasked()
    {
        var attributes = (await Call("POST", "keys/kek/create", new { kty = "RSA-HSM", key_ops = new[] { "import" } })).Expect(200).Body![
            "attributes"
        ]!;
        Assert.Equal(172_800, attributes["exp"]!.GetValue<long>() - attributes["created"]!.GetValue<long>());
        Assert.Null(
            (await Call("POST", "keys/issuer/create", new { kty = "RSA-HSM", key_ops = new[] { "import", "sign" } })).Expect(200).Body![
                "attributes"
            ]!["exp"]
        );
        Assert.Equal(
            "BadParameter",
            (await Call("POST", "keys/soft/create", new { kty = "RSA", key_ops = new[] { "import" } })).Expect(400).Code
        );
    }

    private static string Member(Answer answer, string name) => answer.Body!["key"]![name]!.GetValue<string>();

    private static JsonObject Imported(RSA rsa, bool hsm)
    {
        var p = rsa.ExportParameters(includePrivateParameters: true);
        var key = new JsonObject { ["kty"] = "RSA" };
        foreach (
            var (name, value) in new[]
            {
                ("n", p.Modulus),
                ("e", p.Exponent),
                ("d", p.D),
                ("p", p.P),
                ("q", p.Q),
                ("dp", p.DP),
                ("dq", p.DQ),
                ("qi", p.InverseQ),
            }
        )
        {
            key[name] = Base64UrlEncoder.Encode(value);
        }

        return new() { ["Hsm"] = hsm, ["key"] = key };
    }

    /// <summary>In half of all keys on P-521 a coordinate begins with a zero octet.</summary>
    private static ECDsa WithLeadingZeros()
    {
        while (true)
        {
            var ec = ECDsa.Create(ECCurve.NamedCurves.nistP521);
            var q = ec.ExportParameters(includePrivateParameters: false).Q;
            if (q.X![0] == 0 && q.Y![0] == 0)
            {
                return ec;
            }

            ec.Dispose();
        }
    }
}
