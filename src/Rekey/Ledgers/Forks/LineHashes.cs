using System.Buffers.Binary;
using System.Numerics;

namespace Rekey.Ledgers.Forks;

/// <summary>
/// The hashes of some lines of a ledger: of each of the last 64, of every second one before, of every fourth one before that, and so on.
/// Two ledgers that share their first lines only differ in one of them, unless much more was written after the fork than was lost by it.
/// </summary>
/// <param name="Last">The number of the newest of these lines; 0 for none.</param>
/// <param name="Hashes">The first eight bytes of each line's SHA-256, the newest first. A line n is among them while fewer than
/// 64 · 2^k lines follow it, where 2^k is the highest power of two that divides n.</param>
public sealed record LineHashes(long Last, ReadOnlyMemory<byte> Hashes)
{
    /// <summary>The bytes of one hash.</summary>
    internal const int Length = sizeof(ulong);

    /// <summary>How many lines have a hash each. With 64, a ledger of a million lines has about 500 hashes.</summary>
    private const long Dense = 64;

    /// <summary>No lines.</summary>
    public static LineHashes None { get; } = new(0, ReadOnlyMemory<byte>.Empty);

    /// <summary>The lowest line of which both have the hash, and not the same one; null when there is none.</summary>
    public long? FirstDifference(LineHashes other)
    {
        var theirs = other.Pairs().ToDictionary(p => p.Number, p => p.Hash);
        return Pairs().Where(p => theirs.TryGetValue(p.Number, out var hash) && hash != p.Hash).Min(p => (long?)p.Number);
    }

    /// <summary>The line that has no hash any more when this one has become the newest; 0 or less for none.</summary>
    internal static long Dropped(long newest) => newest - (Dense << BitOperations.TrailingZeroCount(newest));

    /// <summary>The lines that have a hash, the newest first.</summary>
    internal static IEnumerable<long> Numbers(long last)
    {
        // The lines between 64 · 2^(k-1) and 64 · 2^k lines before the newest have a hash when 2^k divides their number.
        for (var (step, from) = (1L, last); from >= 1; (step, from) = (step * 2, last - (Dense * step)))
        {
            for (var number = from / step * step; number >= 1 && number > last - (Dense * step); number -= step)
            {
                yield return number;
            }
        }
    }

    private IEnumerable<(long Number, ulong Hash)> Pairs() =>
        Numbers(Last)
            .Take(Hashes.Length / Length)
            .Select((n, at) => (n, BinaryPrimitives.ReadUInt64BigEndian(Hashes.Span[(at * Length)..])));
}
