using Rekey.Blocking.Publishing;
using Rekey.Blocking.Record;
using Rekey.Core;
using Rekey.Trust;

namespace Rekey.Blocking;

/// <summary>
/// Changes the blocklist. It stores the document of the whole list first, which does not count yet; then the ledger names it, and the
/// first writer of a number wins. So no other principal can make a change (T9), and no crash leaves half of one.
/// </summary>
public sealed class ChangeBlocklist(
    ReadBlocklist reader,
    IBlockFiles files,
    BlockLedger ledger,
    PublishBlocklist publish,
    GovernedKeys governedKeys,
    TimeProvider timeProvider
) : IBlocklist
{
    /// <summary>How many lost races until the caller must retry later.</summary>
    private const int Tries = 50;

    public async Task<IReadOnlyList<BlockEntry>> FindAsync(string findingId, CancellationToken cancellationToken) =>
        [
            .. (await reader.ReadAsync(cancellationToken))
                .At(timeProvider.GetUtcNow())
                .Where(e => string.Equals(e.FindingId, findingId, StringComparison.Ordinal)),
        ];

    public Task<long> ChangeAsync(IReadOnlyList<BlockEntry> add, IReadOnlyList<string> removeIds, CancellationToken cancellationToken) =>
        ChangeAsync(add, (list, entries, now) => list.Towards(entries, removeIds, now), cancellationToken);

    public Task<long> ChangeAsync(
        string findingId,
        IReadOnlyList<BlockEntry> add,
        IReadOnlyList<string> removeIds,
        CancellationToken cancellationToken
    ) => ChangeAsync(add, (list, entries, now) => list.Towards(findingId, entries, removeIds, now), cancellationToken);

    public async Task<bool> RemoveAsync(BlockEntry entry, CancellationToken cancellationToken)
    {
        await ChangeAsync(
            [],
            (list, _, now) => list.Find(entry.Id, now) == entry ? list.Towards([], [entry.Id], now) : null,
            cancellationToken
        );
        return (await reader.ReadAsync(cancellationToken)).Find(entry.Id, timeProvider.GetUtcNow()) is null;
    }

    private async Task<long> ChangeAsync(
        IReadOnlyList<BlockEntry> add,
        Func<Blocklist, IReadOnlyList<BlockEntry>, DateTimeOffset, BlockChange?> towards,
        CancellationToken cancellationToken
    )
    {
        var entries = add.Select(BlockRules.Checked).ToList();
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            // 1. Read the list and find what it lacks.
            var (list, now) = (await reader.ReadAsync(cancellationToken), timeProvider.GetUtcNow());
            if (towards(list, entries, now) is not { } change)
            {
                await TryAsync(publish.PublishAsync, cancellationToken);
                return list.Number;
            }

            // 2. Write the document, then the line that names it.
            var next = list.With(change, now);
            var fact = new BlockFact(next.Number, next.Sha256);
            await files.KeepAsync(BlockDocuments.FileOf(fact), Bytes(next), cancellationToken);
            if (await ledger.ChangeAsync(governedKeys.Environment, fact, change, cancellationToken))
            {
                await TryAsync(publish.PublishAsync, cancellationToken);
                await TryAsync(RemoveOldAsync, cancellationToken);
                return next.Number;
            }
        }

        throw new RetryLaterException($"Other writers changed the blocklist {Tries} times meanwhile.", TimeSpan.FromSeconds(1));
    }

    /// <exception cref="CannotContinueException">It would be longer than readers accept: the list stays as it is.</exception>
    private static byte[] Bytes(Blocklist list) =>
        BlockDocuments.Bytes(list) is { Length: <= BlockDocuments.MaxBytes } bytes
            ? bytes
            : throw new CannotContinueException(
                "blocklist-too-long",
                $"The blocklist would be longer than {BlockDocuments.MaxBytes} bytes.",
                "Rotate the keys under which these tokens were found: their entries then leave the list."
            );

    /// <summary>Removes documents so old that no reader uses them any more.</summary>
    private async Task RemoveOldAsync(CancellationToken cancellationToken)
    {
        var oldest = (await ledger.ReadAsync(cancellationToken)).Last.TakeLast(BlockHistory.Kept).First().Number;
        foreach (var file in await files.ListAsync(BlockDocuments.Folder, cancellationToken))
        {
            if (BlockDocuments.NumberOf(file) < oldest)
            {
                await files.RemoveAsync(file, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Publishes and cleans up after a change. If this fails, the change still counts: the timer publishes, and the next change cleans up.
    /// </summary>
    private static async Task TryAsync(Func<CancellationToken, Task> act, CancellationToken cancellationToken)
    {
        try
        {
            await act(cancellationToken);
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            // The caller need not wait for a signature.
        }
    }
}
