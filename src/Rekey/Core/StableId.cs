using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Rekey.Core;

/// <summary>Makes ids that are a function of their subject, so that a repeated action finds the first.</summary>
public static class StableId
{
    /// <summary>26 or so URL-safe characters: the first 160 bits of SHA-256 over the length-prefixed parts.</summary>
    public static string Of(params ReadOnlySpan<string> parts) => Base64Url.EncodeToString(Digest(parts).AsSpan(0, 20));

    /// <summary>The whole SHA-256 over the length-prefixed parts, lower-case hex.</summary>
    public static string HexOf(params ReadOnlySpan<string> parts) => Convert.ToHexStringLower(Digest(parts));

    /// <summary>SHA-256 over the length-prefixed parts.</summary>
    private static byte[] Digest(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }
}
