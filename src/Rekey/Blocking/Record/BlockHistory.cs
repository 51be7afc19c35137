namespace Rekey.Blocking.Record;

/// <summary>What the ledger says of the blocklist.</summary>
/// <param name="Last">The last few states, the present one last; empty before the first change.</param>
public sealed record BlockHistory(IReadOnlyList<BlockFact> Last)
{
    /// <summary>How many states are known, and how many documents are kept: whoever is reading one has the time to finish.</summary>
    public const int Kept = 5;

    /// <summary>The number up to which the list was published; null when it never was.</summary>
    public long? Published { get; init; }

    /// <summary>The list that holds now.</summary>
    public BlockFact Current => Last.Count > 0 ? Last[^1] : BlockFact.Empty;

    /// <summary>A state that does not follow is void: somebody who had slept wrote it.</summary>
    public BlockHistory With(BlockFact next) =>
        next.Number == Current.Number + 1 ? this with { Last = [.. Last.TakeLast(Kept - 1), next] } : this;
}
