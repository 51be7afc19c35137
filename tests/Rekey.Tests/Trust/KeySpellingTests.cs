using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using CsCheck;
using Microsoft.IdentityModel.Tokens;
using Rekey.Core;
using Rekey.Tests.Support;
using Rekey.Trust.Jose;

namespace Rekey.Tests.Trust;

/// <summary>The numbers of a JWK come in several spellings: with leading zeros, and without those that belong there.</summary>
public sealed class KeySpellingTests
{
    // Valid keys, made for this test.
    private const string Modulus =
        "4ibU-KHjugywS214V8gfWn_DzgH-Lr_V5QRQiDPA6FOlaPSIsK1jMv5WYEsmRboWSZAecxWjAwSeHfiU8gwMoWYg_MaI0fklKwZcmTSoC3jJ1BpYPyr92z"
        + "tw3F6Oy36-MVukyRoPC2q5ST6iDAVNb3kENLgwibPjJvW_quTklaHWiniqoo078IJ8lFP6aOV4nwqBqgVxDr3NAOK0qSZdF01vSRoN_ISEdUsnl_SidlB-"
        + "askuXRa3noAjA9sc5h98gOsmQC0kR5HL5eyvHZySyTkZB-1mjGw9mpRqWcfA36Lz8tMXP3cmnFO2oM__mAXYXL9umLtSMtmpDSy8QNzydw";
    private const string X = "a6nEYsWa4U7Z90izb9upb50U1PyA9SoU5d6TrzChWNs";
    private const string Y = "K3QJg3kcDD7Un1dpjzNfGzbh99um8EvlW4cnDvqL-N0";

    [Fact]
    public void Every_spelling_of_an_rsa_key_is_one_key_with_the_thumbprint_that_others_compute() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Bool.Select(hsm => hsm ? "RSA-HSM" : "RSA"))
            .Sample(
                (beforeModulus, beforeExponent, type) =>
                {
                    using var rsa = RSA.Create(1024);
                    var p = rsa.ExportParameters(includePrivateParameters: false);
                    var key = PublicJwk.FromVault(
                        type,
                        null,
                        null,
                        null,
                        Spelt(p.Modulus!, p.Modulus!.Length + beforeModulus),
                        Spelt(p.Exponent!, p.Exponent!.Length + beforeExponent)
                    );

                    IsTheSame(key, Theirs(JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(p))), "RS256", input =>
                        rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                    );
                },
                iter: Runs.Of(15),
                threads: 1
            );

    [Fact]
    public void Every_spelling_of_an_ec_key_is_one_key_with_the_thumbprint_that_others_compute() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 70], Gen.Int[0, 70], Gen.Bool.Select(hsm => hsm ? "EC-HSM" : "EC"))
            .Sample(
                (which, lengthOfX, lengthOfY, type) =>
                {
                    var (name, curve, algorithm, hash) = which switch
                    {
                        0 => ("P-256", ECCurve.NamedCurves.nistP256, "ES256", HashAlgorithmName.SHA256),
                        1 => ("P-384", ECCurve.NamedCurves.nistP384, "ES384", HashAlgorithmName.SHA384),
                        _ => ("P-521", ECCurve.NamedCurves.nistP521, "ES512", HashAlgorithmName.SHA512),
                    };
                    using var ec = WithLeadingZero(curve);
                    var q = ec.ExportParameters(includePrivateParameters: false).Q;
                    var key = PublicJwk.FromVault(type, name, Spelt(q.X!, lengthOfX), Spelt(q.Y!, lengthOfY), null, null);

                    IsTheSame(key, Theirs(JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(ec))), algorithm, input =>
                        ec.SignData(input, hash)
                    );
                },
                iter: Runs.Of(20),
                threads: 1
            );

    [Fact]
    public void The_exponent_of_keys_that_an_hsm_makes_is_published_as_the_standard_writes_it()
    {
        var key = PublicJwk.FromVault("RSA-HSM", null, null, null, Modulus, "AAEAAQ");

        Assert.Equal("AQAB", key.Exponent);
        Assert.Equal(PublicJwk.FromVault("RSA", null, null, null, Modulus, "AQAB"), key);
        Assert.Equal("AQAB", JsonSerializer.SerializeToNode(key)!["e"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("RSA", null, null, null, "", "AQAB")]
    [InlineData("RSA", null, null, null, "AAAA", "AQAB")] // zero
    [InlineData("RSA", null, null, null, Modulus, "AA")]
    [InlineData("RSA", null, null, null, Modulus, "AQAB==")]
    [InlineData("RSA", null, null, null, Modulus, "AQ AB")]
    [InlineData("RSA", null, null, null, Modulus + "+/+/", "AQAB")] // the alphabet of base64
    [InlineData("RSA", null, null, null, Modulus, "AQABA")] // one character too many
    [InlineData("EC", "P-256", X, "", null, null)]
    [InlineData("EC", "P-256", X, "AStzCYN5HAw-1J9XaY8zXxs24ffbpvBL5VuHJw76i_jd", null, null)] // 33 octets, the first is 1
    [InlineData("EC", "P-256", X, Y + "=", null, null)]
    [InlineData("EC", "P-192", X, Y, null, null)]
    public void A_key_whose_numbers_cannot_be_read_is_refused(string type, string? curve, string? x, string? y, string? n, string? e)
    {
        var refused = Assert.Throws<CannotContinueException>(() => PublicJwk.FromVault(type, curve, x, y, n, e));

        Assert.Equal(PublicJwk.Unreadable, refused.Reason);
        Assert.NotEmpty(refused.Remedy);
    }

    [Theory]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"a6nEYsWa4U7Z90izb9upb50U1PyA9SoU5d6TrzChWNs"}""")]
    [InlineData("""{"kty":"RSA","e":"AQAB"}""")]
    [InlineData("""{"kty":"oct"}""")]
    [InlineData("{}")]
    public void A_key_in_a_file_that_is_none_is_refused(string json) =>
        Assert.Equal(
            PublicJwk.Unreadable,
            Assert.Throws<CannotContinueException>(() => JsonSerializer.Deserialize<PublicJwk>(json)).Reason
        );

    /// <summary>The same key from a file too, and it verifies.</summary>
    private static void IsTheSame(PublicJwk key, string thumbprint, string algorithm, Func<byte[], byte[]> sign)
    {
        Assert.Equal(thumbprint, key.Thumbprint);
        Assert.Equal(key, JsonSerializer.Deserialize<PublicJwk>(JsonSerializer.SerializeToNode(key)!));
        var input = "what is signed"u8.ToArray();
        Assert.True(JwsSignature.Verify(key, algorithm, input, sign(input)));
    }

    private static string Theirs(JsonWebKey key) => Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());

    /// <summary>A number in at least as many octets as asked, without the zeros that are too many.</summary>
    private static string Spelt(byte[] number, int length)
    {
        var fewest = number.AsSpan().TrimStart((byte)0);
        return Base64Url.EncodeToString([.. new byte[Math.Max(0, length - fewest.Length)], .. fewest]);
    }

    /// <summary>One of 256 coordinates begins with a zero octet: those are the keys that can be spelt shorter.</summary>
    private static ECDsa WithLeadingZero(ECCurve curve)
    {
        while (true)
        {
            var ec = ECDsa.Create(curve);
            var q = ec.ExportParameters(includePrivateParameters: false).Q;
            if (q.X![0] == 0 || q.Y![0] == 0)
            {
                return ec;
            }

            ec.Dispose();
        }
    }
}
