using Rekey.Trust;

namespace Rekey.Blocking;

/// <summary>
/// Changes the blocklist. The content is kept first and counts for nothing; the ledger then gives it its number, and whoever is first there wins.
/// So no row that somebody writes becomes a change (T9), and no process that dies leaves half of one.
/// </summary>
public sealed class ChangeBlocklist(ReadBlocklist reader, BlockStore store, BlockLedger ledger, PublishBlocklist publish, Estate estate, TimeProvider clock) : IBlocklist
{
    /// <summary>How often others may be faster before the caller is told to come again.</summary>
    private const int Tries = 50;

    public async Task<IReadOnlyList<BlockEntry>> FindAsync(string findingId, CancellationToken cancel) =>
        [.. (await reader.ReadAsync(cancel)).List.At(clock.GetUtcNow()).Where(e => string.Equals(e.FindingId, findingId, StringComparison.Ordinal))];

    public Task<long> ChangeAsync(IReadOnlyList<BlockEntry> add, IReadOnlyList<string> removeIds, CancellationToken cancel) =>
        ChangeAsync(add, (list, entries, now) => list.Towards(estate.Environment, entries, removeIds, now), cancel);

    public Task<long> ChangeAsync(string findingId, IReadOnlyList<BlockEntry> add, IReadOnlyList<string> removeIds, CancellationToken cancel) =>
        ChangeAsync(add, (list, entries, now) => list.Towards(estate.Environment, findingId, entries, removeIds, now), cancel);

    private async Task<long> ChangeAsync(IReadOnlyList<BlockEntry> add, Func<Blocklist, IReadOnlyList<BlockEntry>, DateTimeOffset, BlockChange?> towards, CancellationToken cancel)
    {
        var entries = add.Select(BlockRules.Checked).ToList();
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            // 1. The list as it stands, and what it lacks.
            var standing = await reader.ReadAsync(cancel);
            if (towards(standing.List, entries, clock.GetUtcNow()) is not { } change)
            {
                await TryPublishAsync(cancel);
                return standing.List.Number;
            }

            // 2. The content, then its number.
            var hash = await store.SaveAsync(BlockDocuments.Bytes(change), cancel);
            await ledger.ChangeAsync(change, hash, cancel);

            // 3. Who was first?
            var after = await reader.ReadAsync(cancel);
            if (after.Changes.Any(c => c.Fact.Hash == hash))
            {
                await TryPublishAsync(cancel);
                return change.Number;
            }
        }

        throw new RetryLaterException($"The blocklist was changed by others {Tries} times meanwhile.", TimeSpan.FromSeconds(1));
    }

    /// <summary>Out into the world. When that fails now, the change stands all the same, and the timer that publishes says so every minute until it succeeds.</summary>
    private async Task TryPublishAsync(CancellationToken cancel)
    {
        try
        {
            await publish.PublishAsync(cancel);
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            // Who asked for the change need not wait for a signature.
        }
    }
}
