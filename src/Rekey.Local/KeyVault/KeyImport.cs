using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Rekey.Local.KeyVault;

/// <summary>Turns the private JSON Web Key of an import request into key material.</summary>
internal static class KeyImport
{
    public static KeyMaterial Read(JsonObject jwk, bool hsm)
    {
        if (jwk.ContainsKey("key_hsm"))
        {
            throw VaultException.BadParameter("A protected key blob (key_hsm) needs a hardware module, which this stand-in has not.");
        }

        var kty = RequestJson.Text(jwk, "kty");
        try
        {
            return kty switch
            {
                "RSA" or "RSA-HSM" => Rsa(jwk, hsm || kty.EndsWith("-HSM", StringComparison.Ordinal)),
                "EC" or "EC-HSM" => Ec(jwk, hsm || kty.EndsWith("-HSM", StringComparison.Ordinal)),
                _ => throw VaultException.BadParameter($"Key type '{kty}' cannot be imported into this vault."),
            };
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw VaultException.BadParameter("The imported key is not valid: its members do not make a private key.");
        }
    }

    private static KeyMaterial Rsa(JsonObject jwk, bool hsm)
    {
        using var rsa = RSA.Create(new RSAParameters
        {
            Modulus = RequestJson.Bytes(jwk, "n"),
            Exponent = RequestJson.Bytes(jwk, "e"),
            D = RequestJson.Bytes(jwk, "d"),
            P = RequestJson.Bytes(jwk, "p"),
            Q = RequestJson.Bytes(jwk, "q"),
            DP = RequestJson.Bytes(jwk, "dp"),
            DQ = RequestJson.Bytes(jwk, "dq"),
            InverseQ = RequestJson.Bytes(jwk, "qi"),
        });
        return new KeyMaterial(KeyShape.Parse(hsm ? "RSA-HSM" : "RSA", rsa.KeySize, null), rsa.ExportPkcs8PrivateKey());
    }

    private static KeyMaterial Ec(JsonObject jwk, bool hsm)
    {
        var shape = KeyShape.Parse(hsm ? "EC-HSM" : "EC", null, RequestJson.Text(jwk, "crv"));
        using var ec = ECDsa.Create(new ECParameters
        {
            Curve = shape.NamedCurve,
            D = RequestJson.Bytes(jwk, "d"),
            Q = new ECPoint { X = RequestJson.Bytes(jwk, "x"), Y = RequestJson.Bytes(jwk, "y") },
        });
        return new KeyMaterial(shape, ec.ExportPkcs8PrivateKey());
    }
}
