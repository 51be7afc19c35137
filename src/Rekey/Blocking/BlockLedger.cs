using Rekey.Ledgers;

namespace Rekey.Blocking;

/// <summary>A change as the ledger knows it: the ledger's order is the only one, and what it does not name does not count.</summary>
public sealed record ChangeFact(long Number, string Previous, string Hash, DateTimeOffset At);

/// <summary>A base as the ledger knows it.</summary>
/// <param name="Chain">The hash of change <paramref name="Number"/>.</param>
/// <param name="Hashes">SHA-256 of each part, in order.</param>
public sealed record BaseFact(long Number, string Chain, IReadOnlyList<string> Hashes, DateTimeOffset At);

/// <summary>What the ledger says of the blocklist.</summary>
/// <param name="Base">Where the list starts; null for the empty one.</param>
/// <param name="Changes">Those behind the base, in order.</param>
/// <param name="Superfluous">Hashes that the base has taken the place of.</param>
public sealed record BlockHistory(BaseFact? Base, IReadOnlyList<ChangeFact> Changes, IReadOnlyList<string> Superfluous)
{
    /// <summary>The number up to which the list was published; null when it never was.</summary>
    public long? Published { get; init; }

    /// <summary>The number of the base that was published with it.</summary>
    public long PublishedBase { get; init; }

    public long Number => Changes.Count > 0 ? Changes[^1].Number : Base?.Number ?? 0;

    public string Chain => Changes.Count > 0 ? Changes[^1].Hash : Base?.Chain ?? BlockChange.Origin;

    public bool Names(string hash) => Changes.Any(c => c.Hash == hash) || Base?.Hashes.Contains(hash) is true;

    /// <summary>A change that does not follow is void: somebody who had slept wrote it.</summary>
    public BlockHistory With(ChangeFact change) => change.Number == Number + 1 && change.Previous == Chain ? this with { Changes = [.. Changes, change] } : this;

    /// <summary>A base that is older than this one, or not of this list, is void.</summary>
    public BlockHistory With(BaseFact made)
    {
        var follows = made.Number == (Base?.Number ?? 0) ? made.Chain == (Base?.Chain ?? BlockChange.Origin) : Changes.Any(c => c.Number == made.Number && c.Hash == made.Chain);
        return follows
            ? new(made, [.. Changes.Where(c => c.Number > made.Number)], [.. (Base?.Hashes ?? []).Concat(Changes.Where(c => c.Number <= made.Number).Select(c => c.Hash)).Except(made.Hashes)])
                { Published = Published, PublishedBase = PublishedBase }
            : this;
    }
}

/// <summary>The blocklist as it stands in the ledger: writes its facts, and reads them back.</summary>
public sealed class BlockLedger(ILedger ledger, LedgerReader reader)
{
    private readonly LedgerFold<BlockHistory> _history = new(reader, "blocklist", new(Base: null, [], []), Apply);

    /// <summary>Everything that stands in the ledger now.</summary>
    public Task<BlockHistory> ReadAsync(CancellationToken cancel) => _history.ReadAsync(cancel);

    /// <summary>Puts a change on record. Whoever is first under a number wins: read the ledger to see who it was.</summary>
    /// <remarks>Numbers and a hash only: subjects and token ids stay in the state account.</remarks>
    public Task ChangeAsync(BlockChange change, string hash, CancellationToken cancel) =>
        ledger.AppendAsync(new($"blocklist-changed/{change.Number}", LedgerKinds.BlocklistChanged, change.Environment, Facts.Of(
            ("number", $"{change.Number}"), ("previous", change.Previous), ("sha256", hash), ("at", change.At.ToString("O")), ("added", $"{change.Add.Count}"), ("removed", $"{change.Remove.Count}"))), cancel);

    /// <summary>Puts a base on record.</summary>
    public Task CompactAsync(string environment, BaseFact made, CancellationToken cancel)
    {
        var hashes = string.Join(' ', made.Hashes);
        return ledger.AppendAsync(new($"blocklist-compacted/{made.Number}/{StableId.Of(hashes)}", LedgerKinds.BlocklistCompacted, environment, Facts.Of(
            ("number", $"{made.Number}"), ("chain", made.Chain), ("sha256", hashes), ("at", made.At.ToString("O")))), cancel);
    }

    /// <summary>Puts on record what the world was told.</summary>
    public Task PublishAsync(string environment, PublishedChanges published, string hash, CancellationToken cancel) =>
        ledger.AppendAsync(new($"blocklist-published/{published.Sequence}/{hash}", LedgerKinds.BlocklistPublished, environment, Facts.Of(
            ("number", $"{published.Sequence}"), ("base", $"{published.Base}"), ("sha256", hash))), cancel);

    private static BlockHistory Apply(BlockHistory history, LedgerLine line)
    {
        var facts = line.Entry.Facts;
        return line.Entry.Kind switch
        {
            LedgerKinds.BlocklistChanged => history.With(new ChangeFact(Number(facts["number"]), facts["previous"], facts["sha256"], Time(facts["at"]))),
            LedgerKinds.BlocklistCompacted => history.With(new BaseFact(Number(facts["number"]), facts["chain"], facts["sha256"].Split(' '), Time(facts["at"]))),
            LedgerKinds.BlocklistPublished => history with
            {
                Published = Math.Max(history.Published ?? 0, Number(facts["number"])),
                PublishedBase = Math.Max(history.PublishedBase, Number(facts["base"])),
            },
            _ => history,
        };
    }

    private static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
