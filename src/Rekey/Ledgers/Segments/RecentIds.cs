using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Rekey.Ledgers.Segments;

/// <summary>Which ids stand in one segment, and where: some 50 bytes a line, however long the line is.</summary>
internal sealed class RecentIds(int segment)
{
    private readonly Dictionary<UInt128, (long Offset, int Length)> _places = [];

    public int Segment => segment;

    public void Learn(PlacedLine line) => _places.TryAdd(KeyOf(line.Line.Entry.Id), (line.Offset, line.Length));

    public (long Offset, int Length)? Find(string id) => _places.TryGetValue(KeyOf(id), out var place) ? place : null;

    // Half of a SHA-256: two ids that share it cannot be made.
    private static UInt128 KeyOf(string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(id), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
