using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Rekey.Blocking;

/// <summary>What an entry names, as 160 bits: small enough that a gateway holds a million, and no part of a token shows.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BlockId(ulong A, ulong B, uint C)
{
    private const int Length = 20;

    public static BlockId Of(BlockKind kind, string issuer, string value) => Read(StableId.Digest("block", kind.ToString(), issuer, value));

    /// <summary>Reads an entry's <see cref="BlockEntry.Id"/>; false when it is none.</summary>
    public static bool TryParse(string text, out BlockId id)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var known = text.Length == 27 && Base64Url.TryDecodeFromChars(text, bytes, out var written) && written == Length;
        id = known ? Read(bytes) : default;
        return known;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, A);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], B);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], C);
        return Base64Url.EncodeToString(bytes);
    }

    private static BlockId Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]));
}
