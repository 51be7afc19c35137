using Rekey.Ledgers.Segments;

namespace Rekey.Ledgers;

/// <summary>Settings for the ledger's segments.</summary>
public sealed class LedgerOptions
{
    private const int MiB = 1024 * 1024;

    /// <summary>Blocks after which a segment is closed.</summary>
    /// <remarks>An append blob ends at 50,000 blocks. 40,000 leaves room for appends that are under way while a segment is being
    /// closed.</remarks>
    public int BlocksPerSegment { get; set; } = 40_000;

    /// <summary>Bytes after which a segment is closed: 8 MiB.</summary>
    /// <remarks>
    /// A process that appends for the first time reads the last two segments, and one old segment an hour is verified. 16 MiB are read in
    /// a fraction of a second, and a gigabyte is verified within a week.
    /// </remarks>
    public long BytesPerSegment { get; set; } = 8 * MiB;

    /// <summary>Lists every mistake in these settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (BlocksPerSegment is < 2 or > 45_000)
        {
            yield return "Ledger:BlocksPerSegment must lie between 2 and 45000: an append blob ends at 50000 blocks.";
        }

        if (BytesPerSegment is < MiB or > 1024L * MiB)
        {
            yield return $"Ledger:BytesPerSegment must lie between {MiB} and {1024L * MiB}: a line may have {LedgerChain.MaxLine} bytes, "
                + "and a segment must be verified within a few minutes.";
        }
    }
}
