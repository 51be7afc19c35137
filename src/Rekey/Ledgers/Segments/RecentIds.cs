using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Rekey.Ledgers.Segments;

/// <summary>An index of the ids in one segment and their positions: some 50 bytes a line, however long the line is.</summary>
internal sealed class RecentIds(int segment)
{
    private readonly Dictionary<UInt128, (long Offset, int Length)> _places = [];

    public int Segment => segment;

    public void Learn(PlacedLine line) => _places.TryAdd(KeyOf(line.Line.Entry.Id), (line.Offset, line.Length));

    public (long Offset, int Length)? Find(string id) => _places.TryGetValue(KeyOf(id), out var place) ? place : null;

    // Half of a SHA-256: finding two ids with the same half is infeasible.
    private static UInt128 KeyOf(string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(id), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
