namespace Rekey.Ledgers;

/// <summary>How the ledger is cut.</summary>
public sealed class LedgerOptions
{
    /// <summary>Blocks after which a segment is closed.</summary>
    /// <remarks>An append blob ends at 50,000 blocks. 40,000 leaves room for appends that are under way while a segment is being closed.</remarks>
    public int BlocksPerSegment { get; set; } = 40_000;

    /// <summary>Every mistake in these settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (BlocksPerSegment is < 2 or > 45_000)
        {
            yield return "Ledger:BlocksPerSegment must lie between 2 and 45000: an append blob ends at 50000 blocks.";
        }
    }
}
