using Rekey.Trust;

namespace Rekey.Blocking;

/// <summary>
/// Changes the blocklist. The document of the whole list is kept first and counts for nothing; the ledger then names it, and whoever is first
/// there with that number wins. So nothing that somebody else writes becomes a change (T9), and no process that dies leaves half of one.
/// </summary>
public sealed class ChangeBlocklist(ReadBlocklist reader, IBlockFiles files, BlockLedger ledger, PublishBlocklist publish, Estate estate, TimeProvider clock) : IBlocklist
{
    /// <summary>How often others may be faster before the caller is told to come again.</summary>
    private const int Tries = 50;

    public async Task<IReadOnlyList<BlockEntry>> FindAsync(string findingId, CancellationToken cancel) =>
        [.. (await reader.ReadAsync(cancel)).At(clock.GetUtcNow()).Where(e => string.Equals(e.FindingId, findingId, StringComparison.Ordinal))];

    public Task<long> ChangeAsync(IReadOnlyList<BlockEntry> add, IReadOnlyList<string> removeIds, CancellationToken cancel) =>
        ChangeAsync(add, (list, entries, now) => list.Towards(entries, removeIds, now), cancel);

    public Task<long> ChangeAsync(string findingId, IReadOnlyList<BlockEntry> add, IReadOnlyList<string> removeIds, CancellationToken cancel) =>
        ChangeAsync(add, (list, entries, now) => list.Towards(findingId, entries, removeIds, now), cancel);

    private async Task<long> ChangeAsync(IReadOnlyList<BlockEntry> add, Func<Blocklist, IReadOnlyList<BlockEntry>, DateTimeOffset, BlockChange?> towards, CancellationToken cancel)
    {
        var entries = add.Select(BlockRules.Checked).ToList();
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            // 1. The list as it stands, and what it lacks.
            var (list, now) = (await reader.ReadAsync(cancel), clock.GetUtcNow());
            if (towards(list, entries, now) is not { } change)
            {
                await TryAsync(publish.PublishAsync, cancel);
                return list.Number;
            }

            // 2. The document, then the line that names it.
            var next = list.With(change, now);
            var fact = new BlockFact(next.Number, next.Sha256);
            await files.KeepAsync(BlockDocuments.FileOf(fact), Bytes(next), cancel);
            if (await ledger.ChangeAsync(estate.Environment, fact, change, cancel))
            {
                await TryAsync(publish.PublishAsync, cancel);
                await TryAsync(RemoveOldAsync, cancel);
                return next.Number;
            }
        }

        throw new RetryLaterException($"The blocklist was changed by others {Tries} times meanwhile.", TimeSpan.FromSeconds(1));
    }

    /// <exception cref="CannotContinueException">It would be longer than anybody reads: the list stays as it is.</exception>
    private static byte[] Bytes(Blocklist list) => BlockDocuments.Bytes(list) is { Length: <= BlockDocuments.MaxBytes } bytes ? bytes
        : throw new CannotContinueException("blocklist-too-long", $"The blocklist would be longer than {BlockDocuments.MaxBytes} bytes.",
            "Rotate the keys under which so many tokens were found: their entries leave the list.");

    /// <summary>Documents of so long ago that nobody is reading them any more.</summary>
    private async Task RemoveOldAsync(CancellationToken cancel)
    {
        var oldest = (await ledger.ReadAsync(cancel)).Last[0].Number;
        foreach (var file in await files.ListAsync(BlockDocuments.Folder, cancel))
        {
            if (BlockDocuments.NumberOf(file) < oldest)
            {
                await files.RemoveAsync(file, cancel);
            }
        }
    }

    /// <summary>What follows a change. When it fails now, the change stands all the same: the timer publishes, and the next change removes.</summary>
    private static async Task TryAsync(Func<CancellationToken, Task> act, CancellationToken cancel)
    {
        try
        {
            await act(cancel);
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            // Who asked for the change need not wait for a signature.
        }
    }
}
