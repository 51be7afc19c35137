using Rekey.Core;
using Rekey.Trust.Jose;

namespace Rekey.Tests.Trust;

public sealed class JwkThumbprintTests
{
    // RFC 7638 §3.1.
    private const string Modulus =
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc"
        + "_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQ"
        + "R0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bF"
        + "TWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

    [Theory]
    [InlineData("EC", "P-256")]
    [InlineData("EC-HSM", "P-256")]
    public void An_ec_key_has_the_thumbprint_of_the_standard(string keyType, string curve) =>
        Assert.Equal(
            "yG2L3qb1L6rDUaPyU-3mWCcS7N4j_wQ59Cy_qQ2bGQ8",
            PublicJwk
                .FromVault(
                    keyType,
                    curve,
                    "a6nEYsWa4U7Z90izb9upb50U1PyA9SoU5d6TrzChWNs",
                    "K3QJg3kcDD7Un1dpjzNfGzbh99um8EvlW4cnDvqL-N0",
                    null,
                    null
                )
                .Thumbprint
        );

    [Theory]
    [InlineData("RSA")]
    [InlineData("RSA-HSM")]
    public void An_rsa_key_has_the_thumbprint_of_rfc_7638(string keyType) =>
        Assert.Equal(
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
            PublicJwk.FromVault(keyType, null, null, null, Modulus, "AQAB").Thumbprint
        );

    [Theory]
    [InlineData("oct")]
    [InlineData("oct-HSM")]
    [InlineData("EC")]
    [InlineData("OKP")]
    public void A_key_that_signs_no_tokens_is_refused(string keyType) =>
        Assert.Equal(
            "key-not-asymmetric",
            Assert.Throws<CannotContinueException>(() => PublicJwk.FromVault(keyType, null, null, null, null, null)).Reason
        );

    [Theory]
    [InlineData("P-256K")]
    [InlineData("SECP256K1")] // recorded of a key that was imported under this name
    public void The_koblitz_curve_gets_its_name_from_rfc_8812_and_fits_no_algorithm(string curve)
    {
        var key = PublicJwk.FromVault(
            "EC",
            curve,
            "f8ZDsg_UFwew1DncoswLeA24kmF04oZ4JkD4n33lDIM",
            "KRFwFrexhFU0ocIKmJ3EdYHAq_0o9Gx2J-y80TJXmzw",
            null,
            null
        );

        Assert.Equal("secp256k1", key.Curve);
        Assert.False(JwsAlgorithms.Fits("ES256", key));
    }
}
