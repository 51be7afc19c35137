using Rekey.Ledgers.Forks;

namespace Rekey.Blocking.Record;

/// <summary>The blocklist's history from the ledger.</summary>
/// <param name="Last">
/// The last few states, and those that are not published yet up to <see cref="MaxUnpublished"/>; the present one last; empty before the
/// first change.
/// </param>
public sealed record BlockHistory(IReadOnlyList<BlockFact> Last)
{
    /// <summary>How many documents are kept: a reader of an old one has time to finish.</summary>
    public const int Kept = 5;

    /// <summary>
    /// How many states are kept that are not published yet. While publishing is down for longer, the oldest are forgotten. A signed list
    /// with the number of a forgotten one cannot be compared any more: it counts as a contradiction, and approvers decide.
    /// </summary>
    public const int MaxUnpublished = 1_000;

    /// <summary>The highest number of a published list; null when none was.</summary>
    public long? Published { get; init; }

    /// <summary>The number of the last list in spite of which approvers accepted the ledger; 0 when there was none.</summary>
    public long AcceptedNumber { get; init; }

    /// <summary>The present state.</summary>
    public BlockFact Current => Last.Count > 0 ? Last[^1] : BlockFact.Empty;

    /// <summary>Adds a state. One that does not follow the last is void: a slow writer wrote it.</summary>
    public BlockHistory With(BlockFact next) =>
        next.Number == Current.Number + 1
            ? this with
            {
                Last =
                [
                    .. Last.Where((f, n) => n > Last.Count - Kept || (n > Last.Count - MaxUnpublished && f.Number > (Published ?? 0))),
                    next,
                ],
            }
            : this;

    /// <summary>
    /// What a list with Rekey's signature has that the ledger lacks; null when nothing. Changes are in the ledger before they are
    /// published. An older list than one whose publication is on record claims nothing.
    /// </summary>
    public string? Contradiction(Blocklist list) =>
        list.Number <= (Published ?? 0) && Last.All(f => f.Number != list.Number) || Last.Contains(new(list.Number, list.Sha256)) ? null
        : list.Number > Current.Number
            ? $"blocklist {list.Number} is published with Rekey's signature, and the ledger's last one is {Current.Number}"
        : list.Number < Last[0].Number
            ? $"blocklist {list.Number} is published with Rekey's signature, its publication is not in the ledger, and it cannot be "
                + $"compared: more than {MaxUnpublished} changes followed it"
        : $"the published blocklist {list.Number} differs from the one in the ledger";

    /// <summary>What a list with Rekey's signature has that the ledger lacks, its lines too; null when nothing.</summary>
    /// <param name="seen">The hashes of the ledger's lines when the list was signed.</param>
    /// <param name="lines">Those of the ledger now.</param>
    public string? Contradiction(Blocklist list, LineHashes seen, LineHashes lines) =>
        Contradiction(list)
        ?? (
            list.Number > AcceptedNumber && seen.FirstDifference(lines) is { } line
                ? $"the published blocklist {list.Number} was signed when the ledger had another line {line}"
                : null
        );

    /// <summary>The history after approvers accepted the ledger: it goes on with a list above every one that was signed before.</summary>
    public static BlockHistory Accepted(BlockFact next) => new([next]) { Published = next.Number - 1, AcceptedNumber = next.Number - 1 };
}
