namespace Rekey.Blocking.Record;

/// <summary>The blocklist's history from the ledger.</summary>
/// <param name="Last">The last few states, the present one last; empty before the first change.</param>
public sealed record BlockHistory(IReadOnlyList<BlockFact> Last)
{
    /// <summary>How many states are known and how many documents are kept: a reader of an old one has time to finish.</summary>
    public const int Kept = 5;

    /// <summary>The highest number of a published list; null when none was.</summary>
    public long? Published { get; init; }

    /// <summary>The present state.</summary>
    public BlockFact Current => Last.Count > 0 ? Last[^1] : BlockFact.Empty;

    /// <summary>Adds a state. One that does not follow the last is void: a slow writer wrote it.</summary>
    public BlockHistory With(BlockFact next) =>
        next.Number == Current.Number + 1 ? this with { Last = [.. Last.TakeLast(Kept - 1), next] } : this;
}
