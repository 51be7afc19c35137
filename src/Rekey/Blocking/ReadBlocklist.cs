namespace Rekey.Blocking;

/// <summary>A change with its bytes, as they are hashed, stored and signed.</summary>
public sealed record StandingChange(ChangeFact Fact, byte[] Bytes);

/// <summary>The blocklist as it stands.</summary>
/// <param name="Changes">Those behind the base, in order.</param>
public sealed record StandingBlocklist(Blocklist List, BaseFact? Base, IReadOnlyList<StandingChange> Changes)
{
    public static StandingBlocklist Empty { get; } = new(Blocklist.Empty, Base: null, []);
}

/// <summary>
/// Reads the blocklist: what the ledger names, out of the table. A row that is missing or altered is never passed over (T9): a blocklist with
/// a hole would let a forged token in.
/// </summary>
public sealed class ReadBlocklist(BlockLedger ledger, BlockStore store) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private StandingBlocklist _standing = StandingBlocklist.Empty;

    /// <summary>Everything that stands in the ledger now.</summary>
    /// <exception cref="CannotContinueException">A piece was altered or deleted, and nothing signed holds it any more.</exception>
    public async Task<StandingBlocklist> ReadAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            while (true)
            {
                if (await TryReadAsync(await ledger.ReadAsync(cancel), cancel) is { } read)
                {
                    return _standing = read;
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>For people: what can be read of the list, and the hashes of the pieces that nobody can read any more. What they said is missing, and what they took away is shown still.</summary>
    public async Task<(Blocklist List, IReadOnlyList<string> Unreadable)> ReadWhatCanBeAsync(CancellationToken cancel)
    {
        try
        {
            return ((await ReadAsync(cancel)).List, []);
        }
        catch (CannotContinueException)
        {
            var (history, unreadable) = (await ledger.ReadAsync(cancel), new List<string>());
            var parts = await ReadableAsync(history.Base?.Hashes ?? [], unreadable, cancel);
            var changes = await ReadableAsync(history.Changes.Select(c => c.Hash), unreadable, cancel);
            return (Blocklist.Piecemeal(history.Number, parts.Select(p => BlockDocuments.ReadBase(p)), changes.Select(c => BlockDocuments.ReadChange(c))), unreadable);
        }
    }

    /// <summary>The list as it was behind the base and the changes up to a number; null when the ledger has meanwhile moved on.</summary>
    public async Task<Blocklist?> ReadUpToAsync(long number, StandingBlocklist standing, CancellationToken cancel) =>
        await BaseAsync(standing.Base, cancel) is { } start ? start.With([.. standing.Changes.Where(c => c.Fact.Number <= number).Select(Parsed)]) : null;

    /// <summary>The bytes of each part of a base; null when the ledger has meanwhile moved on.</summary>
    public async Task<IReadOnlyList<byte[]>?> ReadBaseAsync(BaseFact fact, CancellationToken cancel)
    {
        var parts = new List<byte[]>(fact.Hashes.Count);
        foreach (var hash in fact.Hashes)
        {
            if (await BytesAsync(hash, cancel) is not { } bytes)
            {
                return null;
            }

            parts.Add(bytes);
        }

        return parts;
    }

    public void Dispose() => _turn.Dispose();

    private async Task<List<byte[]>> ReadableAsync(IEnumerable<string> hashes, List<string> unreadable, CancellationToken cancel)
    {
        var read = new List<byte[]>();
        foreach (var hash in hashes)
        {
            if (await store.FindAsync(hash, cancel) is { } bytes)
            {
                read.Add(bytes);
            }
            else
            {
                unreadable.Add(hash);
            }
        }

        return read;
    }

    private async Task<StandingBlocklist?> TryReadAsync(BlockHistory history, CancellationToken cancel)
    {
        // 1. Where to start: from what is known here, if the base is not beyond that.
        var known = _standing.List.Number >= (history.Base?.Number ?? 0);
        if ((known ? _standing.List : await BaseAsync(history.Base, cancel)) is not { } list)
        {
            return null;
        }

        list = history.Base is { } made && known && !ReferenceEquals(made, _standing.Base) ? list.Without(made.At) : list;

        // 2. The changes: those that are known, and the bytes of the others.
        var changes = new List<StandingChange>(history.Changes.Count);
        foreach (var fact in history.Changes)
        {
            var standing = _standing.Changes.FirstOrDefault(c => c.Fact == fact);
            if (standing is null && await BytesAsync(fact.Hash, cancel) is { } bytes)
            {
                standing = new(fact, bytes);
            }

            if (standing is null)
            {
                return null;
            }

            changes.Add(standing);
        }

        var number = list.Number;
        return new(list.With([.. changes.Where(c => c.Fact.Number > number).Select(Parsed)]), history.Base, changes);
    }

    private async Task<Blocklist?> BaseAsync(BaseFact? fact, CancellationToken cancel) => fact is null ? Blocklist.Empty
        : await ReadBaseAsync(fact, cancel) is { } parts ? Blocklist.Of([.. parts.Select(p => BlockDocuments.ReadBase(p))])
        : null;

    private async Task<byte[]?> BytesAsync(string hash, CancellationToken cancel)
    {
        if (await store.FindAsync(hash, cancel) is { } stored)
        {
            return stored;
        }

        // It may have been emptied because a newer base stands in its place; otherwise somebody was at it.
        return (await ledger.ReadAsync(cancel)).Names(hash) ? await store.RestoreAsync(hash, cancel) : null;
    }

    private static (BlockChange Change, string Hash) Parsed(StandingChange change) => (BlockDocuments.ReadChange(change.Bytes), change.Fact.Hash);
}
