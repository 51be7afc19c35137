using System.Buffers.Text;
using System.IO.Compression;

namespace Rekey.Blocking;

/// <summary>
/// The <c>status_list</c> member of an OAuth Token Status List (draft-ietf-oauth-status-list-20 §4): statuses of 1, 2, 4 or 8 bits,
/// packed from the least significant bit of each byte, compressed with DEFLATE in ZLIB form (RFC 1950), in base64url.
/// </summary>
public sealed class StatusList
{
    /// <summary>The token is valid, as issued.</summary>
    public const int Valid = 0;

    /// <summary>The token is revoked, for ever: an issuer that has once published it must not publish <see cref="Valid"/> again.</summary>
    public const int Invalid = 1;

    private readonly byte[] _packed;

    /// <summary>Creates a list of valid tokens.</summary>
    /// <param name="bits">1, 2, 4 or 8.</param>
    /// <param name="size">The number of tokens.</param>
    public StatusList(int bits, int size)
        : this(bits, new byte[BytesOf(bits, size)]) { }

    private StatusList(int bits, byte[] packed) => (Bits, _packed) = (bits, packed);

    /// <summary>Bits of one status.</summary>
    public int Bits { get; }

    /// <summary>The number of statuses; the last byte may have room for more than requested.</summary>
    public int Count => _packed.Length * (8 / Bits);

    /// <summary>The status of a token.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the list, or the status needs more bits.</exception>
    public int this[int index]
    {
        get => (_packed[ByteOf(index)] >> ShiftOf(index)) & Mask;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Mask);
            var at = ByteOf(index);
            _packed[at] = (byte)((_packed[at] & ~(Mask << ShiftOf(index))) | (value << ShiftOf(index)));
        }
    }

    private int Mask => (1 << Bits) - 1;

    /// <summary>The packed bytes.</summary>
    public ReadOnlySpan<byte> Packed => _packed;

    /// <summary>The <c>lst</c> value.</summary>
    public string Encode()
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zlib.Write(_packed);
        }

        return Base64Url.EncodeToString(compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
    }

    /// <summary>Reads an <c>lst</c> value.</summary>
    /// <param name="maxBytes">The limit for unpacking: a few bytes can expand to gigabytes.</param>
    /// <exception cref="FormatException">It is no status list, or larger than that.</exception>
    public static StatusList Decode(int bits, string lst, int maxBytes)
    {
        _ = BytesOf(bits, 1);
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(Base64Url.DecodeFromChars(lst)), CompressionMode.Decompress);
            using var packed = new MemoryStream();
            var buffer = new byte[8192];
            for (int read; (read = zlib.Read(buffer)) > 0; )
            {
                if (packed.Length + read > maxBytes)
                {
                    throw new FormatException($"The status list unpacks to more than {maxBytes} bytes.");
                }

                packed.Write(buffer, 0, read);
            }

            return packed.Length > 0 ? new(bits, packed.ToArray()) : throw new FormatException("The status list is empty.");
        }
        catch (InvalidDataException e)
        {
            throw new FormatException("The status list is not ZLIB data.", e);
        }
    }

    private static int BytesOf(int bits, int size)
    {
        if (bits is not (1 or 2 or 4 or 8))
        {
            throw new ArgumentOutOfRangeException(nameof(bits), bits, "A status has 1, 2, 4 or 8 bits.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        var perByte = 8 / bits;
        return (int)(((long)size + perByte - 1) / perByte);
    }

    private int ByteOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return index / (8 / Bits);
    }

    private int ShiftOf(int index) => index * Bits % 8;
}
