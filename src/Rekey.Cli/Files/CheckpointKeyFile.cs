using System.Buffers.Text;
using System.Security.Cryptography;
using Rekey.Core;
using Rekey.Trust.Jose;

namespace Rekey.Cli.Files;

/// <summary>Reads the public key of checkpoints from a PEM file.</summary>
internal static class CheckpointKeyFile
{
    // An EC key in PEM has some 200 bytes.
    private const int MaxBytes = 64 * 1024;

    /// <exception cref="CannotContinueException"><c>key-file</c>: it is no EC public key, or not the one with that thumbprint.</exception>
    public static (PublicJwk Key, string Algorithm) Read(string path, string? thumbprint)
    {
        using var file = File.OpenRead(path);
        if (file.Length > MaxBytes)
        {
            throw Refused($"'{path}' is too long for a key.");
        }

        using var text = new StreamReader(file);
        var key = Parse(path, text.ReadToEnd());
        if (thumbprint is not null && !string.Equals(key.Key.Thumbprint, thumbprint, StringComparison.Ordinal))
        {
            throw new CannotContinueException(
                "key-file",
                $"The key in '{path}' has the thumbprint {key.Key.Thumbprint}, and {thumbprint} is pinned.",
                "Find out where the key file comes from. If the checkpoint key was replaced on purpose, give the thumbprint of the new key."
            );
        }

        return key;
    }

    private static (PublicJwk Key, string Algorithm) Parse(string path, string pem)
    {
        try
        {
            if (!PemEncoding.TryFind(pem, out var found) || !pem[found.Label].Equals("PUBLIC KEY", StringComparison.Ordinal))
            {
                throw Refused($"'{path}' has no public key in PEM (-----BEGIN PUBLIC KEY-----).");
            }

            using var ec = ECDsa.Create();
            ec.ImportFromPem(pem);
            var parameters = ec.ExportParameters(includePrivateParameters: false);
            var (curve, algorithm) = ec.KeySize switch
            {
                256 when IsNist(parameters, "nistP256", "ECDSA_P256", "1.2.840.10045.3.1.7") => ("P-256", "ES256"),
                384 when IsNist(parameters, "nistP384", "ECDSA_P384", "1.3.132.0.34") => ("P-384", "ES384"),
                521 when IsNist(parameters, "nistP521", "ECDSA_P521", "1.3.132.0.35") => ("P-521", "ES512"),
                _ => throw Refused($"The key in '{path}' is not on the curve P-256, P-384 or P-521."),
            };
            var (x, y) = (Base64Url.EncodeToString(parameters.Q.X), Base64Url.EncodeToString(parameters.Q.Y));
            return (new PublicJwk("EC", curve, x, y, modulus: null, exponent: null), algorithm);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Refused($"The key in '{path}' is not an EC key.");
        }
    }

    private static bool IsNist(ECParameters parameters, params string[] names) =>
        parameters.Curve.IsNamed && names.Any(n => n == parameters.Curve.Oid.FriendlyName || n == parameters.Curve.Oid.Value);

    private static CannotContinueException Refused(string what) =>
        new(
            "key-file",
            what,
            "Get the public key with: az keyvault key download --vault-name <checkpoint vault> --name checkpoint --encoding PEM --file "
                + "checkpoint.pem"
        );
}
