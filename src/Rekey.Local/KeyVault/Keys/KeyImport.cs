using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Rekey.Local.KeyVault.Server;

namespace Rekey.Local.KeyVault.Keys;

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
        using var rsa = RSA.Create(
            new RSAParameters
            {
                Modulus = RequestJson.Bytes(jwk, "n"),
                Exponent = RequestJson.Bytes(jwk, "e"),
                D = RequestJson.Bytes(jwk, "d"),
                P = RequestJson.Bytes(jwk, "p"),
                Q = RequestJson.Bytes(jwk, "q"),
                DP = RequestJson.Bytes(jwk, "dp"),
                DQ = RequestJson.Bytes(jwk, "dq"),
                InverseQ = RequestJson.Bytes(jwk, "qi"),
            }
        );
        return new KeyMaterial(
            KeyShape.Parse(hsm ? "RSA-HSM" : "RSA", rsa.KeySize, null, isImported: true),
            rsa.ExportPkcs8PrivateKey(),
            Given(jwk, "n", "e")
        );
    }

    private static KeyMaterial Ec(JsonObject jwk, bool hsm)
    {
        // Taken and given back under this name, though a vault calls the curve P-256K.
        var curve = RequestJson.Text(jwk, "crv");
        var shape = KeyShape.Parse(hsm ? "EC-HSM" : "EC", null, curve == "SECP256K1" ? "P-256K" : curve);
        var length = curve switch
        {
            "P-384" => 48,
            "P-521" => 66,
            _ => 32,
        };
        using var ec = ECDsa.Create(
            new ECParameters
            {
                Curve = shape.NamedCurve,
                D = Padded(jwk, "d", length),
                Q = new ECPoint { X = Padded(jwk, "x", length), Y = Padded(jwk, "y", length) },
            }
        );
        return new KeyMaterial(shape, ec.ExportPkcs8PrivateKey(), Given(jwk, "crv", "x", "y"));
    }

    /// <summary>The public members are kept as they came.</summary>
    private static Dictionary<string, string> Given(JsonObject jwk, params ReadOnlySpan<string> names)
    {
        var given = new Dictionary<string, string>();
        foreach (var name in names)
        {
            given[name] = RequestJson.Text(jwk, name) ?? throw RequestJson.Wrong(name);
        }

        return given;
    }

    /// <summary>A number that may come without its leading zeros.</summary>
    private static byte[] Padded(JsonObject jwk, string name, int length)
    {
        var bytes = RequestJson.Bytes(jwk, name);
        return [.. new byte[Math.Max(0, length - bytes.Length)], .. bytes];
    }
}
