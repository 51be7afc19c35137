using System.Buffers.Text;

namespace Rekey.Trust;

/// <summary>
/// base64url as JOSE wants it (RFC 7515 §2): no padding, no white space, unused bits zero. One value has one spelling, so that nobody can
/// pass one signed thing off as several.
/// </summary>
internal static class StrictBase64Url
{
    /// <exception cref="FormatException">It is spelt in another way, or is no base64url at all.</exception>
    public static byte[] Decode(string text)
    {
        var bytes = Base64Url.DecodeFromChars(text);
        return string.Equals(Base64Url.EncodeToString(bytes), text, StringComparison.Ordinal) ? bytes : throw new FormatException("This is not canonical base64url.");
    }
}
