using Rekey.Trust;

namespace Rekey.Blocking;

/// <summary>
/// Makes a new base out of the old one and the changes behind it, so that neither table nor documents grow with time. Changes that are younger
/// than <see cref="BlockingOptions.DeltaTime"/> stay: readers' cursors stand among them.
/// </summary>
public sealed class CompactBlocklist(ReadBlocklist reader, BlockStore store, BlockLedger ledger, Estate estate, BlockingOptions options, TimeProvider clock)
{
    public async Task RunAsync(CancellationToken cancel)
    {
        // 1. Is it worth it?
        var now = clock.GetUtcNow();
        var standing = await reader.ReadAsync(cancel);
        if (DueAt(standing, options, now) is not { } number)
        {
            return;
        }

        // 2. What the last one made superfluous and did not come to empty.
        await EmptyAsync(cancel);

        // 3. The list as it was then, without what has expired since: kept first, named in the ledger then.
        if (await reader.ReadUpToAsync(number, standing, cancel) is not { } list)
        {
            return;
        }

        var hashes = new List<string>();
        foreach (var part in list.ToBase(estate.Environment, now))
        {
            hashes.Add(await store.SaveAsync(BlockDocuments.Bytes(part), cancel));
        }

        await ledger.CompactAsync(estate.Environment, new(list.Number, list.Chain, hashes, now), cancel);

        // 4. What it has taken the place of.
        await EmptyAsync(cancel);
    }

    /// <summary>The change up to which a new base is due; null when none is. Pure.</summary>
    public static long? DueAt(StandingBlocklist standing, BlockingOptions options, DateTimeOffset now)
    {
        var old = standing.Changes.TakeWhile(c => c.Fact.At <= now - options.DeltaTime).ToList();
        if (old.Count >= options.CompactAfter)
        {
            return old[^1].Fact.Number;
        }

        // Little happens, and what has expired would be sent for ever.
        var aged = (old.Count > 0 ? old[0].Fact.At : standing.Base?.At) <= now - options.ForgetAfter;
        return aged && standing.List.ExpiredAt(now) > 0 ? (old.Count > 0 ? old[^1].Fact.Number : standing.Base!.Number) : null;
    }

    private async Task EmptyAsync(CancellationToken cancel)
    {
        foreach (var hash in (await ledger.ReadAsync(cancel)).Superfluous)
        {
            await store.EmptyAsync(hash, cancel);
        }
    }
}
