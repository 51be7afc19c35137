using System.Security.Cryptography;
using Rekey.Local.KeyVault.Server;

namespace Rekey.Local.KeyVault.Keys;

/// <summary>The kind of a key: family, size or curve, and whether it claims a hardware module.</summary>
/// <param name="Family"><c>RSA</c> or <c>EC</c>.</param>
/// <param name="Size">Modulus in bits, RSA only.</param>
/// <param name="Curve">Key Vault's curve name, EC only.</param>
/// <param name="Hsm">Given back as <c>RSA-HSM</c> or <c>EC-HSM</c>; here it changes nothing but the throttle and that name.</param>
internal sealed record KeyShape(string Family, int? Size, string? Curve, bool Hsm)
{
    public const string Rsa = "RSA";
    public const string Ec = "EC";

    /// <summary>The operation of a key under which others are imported.</summary>
    public const string Import = "import";
    private static readonly string[] RsaOps = ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"];
    private static readonly string[] EcOps = ["sign", "verify"];

    public string Kty => Hsm ? Family + "-HSM" : Family;

    /// <summary>The default operations of a key.</summary>
    public IReadOnlyList<string> PossibleOps => Family == Rsa ? RsaOps : EcOps;

    /// <summary>The operations that a request may name. A key in an HSM may serve to import others under it.</summary>
    public IReadOnlyList<string> TakenOps => Family == Rsa && Hsm ? [.. RsaOps, Import] : PossibleOps;

    /// <summary>Reads <c>kty</c>, <c>key_size</c> and <c>crv</c> of a create request.</summary>
    /// <param name="isImported">Small keys are taken into software, but none are made.</param>
    public static KeyShape Parse(string? kty, int? size, string? curve, bool isImported = false)
    {
        var hsm = kty?.EndsWith("-HSM", StringComparison.Ordinal) == true;
        switch (hsm ? kty![..^4] : kty)
        {
            case Rsa:
                if (size is not (null or 2048 or 3072 or 4096) && !(size == 1024 && isImported && !hsm))
                {
                    throw VaultException.BadParameter($"Key size {size} is not supported. Supported sizes: 2048, 3072, 4096.");
                }

                return new KeyShape(Rsa, size ?? 2048, null, hsm);
            case Ec:
                var shape = new KeyShape(Ec, null, curve ?? "P-256", hsm);
                _ = shape.NamedCurve;
                return shape;
            default:
                throw VaultException.BadParameter($"Key type '{kty}' is not supported in this vault. Supported: EC, EC-HSM, RSA, RSA-HSM.");
        }
    }

    public ECCurve NamedCurve =>
        Curve switch
        {
            "P-256" => ECCurve.NamedCurves.nistP256,
            "P-384" => ECCurve.NamedCurves.nistP384,
            "P-521" => ECCurve.NamedCurves.nistP521,
            "P-256K" => ECCurve.CreateFromFriendlyName("secp256k1"),
            _ => throw VaultException.BadParameter($"Curve '{Curve}' is not supported. Supported: P-256, P-256K, P-384, P-521."),
        };
}
