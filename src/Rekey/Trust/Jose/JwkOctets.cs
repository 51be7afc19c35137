using System.Buffers.Text;

namespace Rekey.Trust.Jose;

/// <summary>
/// Normalises the numbers of a JWK to the one spelling of RFC 7518. Services differ: Key Vault gives <c>AAEAAQ</c> for the exponent of
/// keys made in an HSM, and EC coordinates with as many octets as they were imported with.
/// </summary>
internal static class JwkOctets
{
    /// <summary>An integer in its fewest octets (RFC 7518 §6.3.1).</summary>
    /// <exception cref="FormatException">It is no base64url, or zero.</exception>
    public static string Integer(string text)
    {
        var octets = Octets(text);
        return octets.IsEmpty ? throw new FormatException("It is zero.") : Base64Url.EncodeToString(octets);
    }

    /// <summary>A coordinate in as many octets as its curve's field has (RFC 7518 §6.2.1.2).</summary>
    /// <exception cref="FormatException">It is no base64url, or too large for the curve.</exception>
    public static string Coordinate(string text, int length)
    {
        var octets = Octets(text);
        if (octets.Length > length)
        {
            throw new FormatException($"It has {octets.Length} octets; the curve's coordinates have {length}.");
        }

        var padded = new byte[length];
        octets.CopyTo(padded.AsSpan(length - octets.Length));
        return Base64Url.EncodeToString(padded);
    }

    /// <summary>Without leading zeros.</summary>
    private static ReadOnlySpan<byte> Octets(string text) =>
        text.Length > 0 ? StrictBase64Url.Decode(text).AsSpan().TrimStart((byte)0) : throw new FormatException("It is empty.");
}
