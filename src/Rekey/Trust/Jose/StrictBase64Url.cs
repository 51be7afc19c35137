using System.Buffers.Text;

namespace Rekey.Trust.Jose;

/// <summary>
/// Decodes base64url as JOSE requires it (RFC 7515 §2): no padding, no white space, unused bits zero. One value has one spelling, so that
/// one signed text cannot pass as several.
/// </summary>
internal static class StrictBase64Url
{
    /// <exception cref="FormatException">It is spelt in another way, or is no base64url at all.</exception>
    public static byte[] Decode(ReadOnlySpan<char> text)
    {
        // Four characters are three bytes, so a rest of two or three is one or two bytes. Padding and white space, which the decoder skips,
        // would make fewer.
        var bytes = Base64Url.DecodeFromChars(text);
        var rest = text.Length % 4;
        return bytes.Length == text.Length / 4 * 3 + Math.Max(0, rest - 1) && IsCanonical(text[^rest..], bytes)
            ? bytes
            : throw new FormatException("This is not canonical base64url.");
    }

    /// <summary>Checks the unused bits: only the last character can have them.</summary>
    private static bool IsCanonical(ReadOnlySpan<char> rest, ReadOnlySpan<byte> bytes)
    {
        Span<char> spelt = stackalloc char[4];
        return rest.SequenceEqual(spelt[..Base64Url.EncodeToChars(bytes[^Math.Max(0, rest.Length - 1)..], spelt)]);
    }
}
