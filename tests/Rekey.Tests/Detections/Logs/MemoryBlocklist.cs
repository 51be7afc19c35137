using Rekey.Blocking;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Detections.Logs;

/// <summary>One process's way to the blocklist.</summary>
public sealed class MemoryBlocklist(Blocks blocks, TimeProvider timeProvider, Fate fate) : IBlocklist
{
    public Task<IReadOnlyList<BlockEntry>> FindAsync(string findingId, CancellationToken cancellationToken) =>
        fate.ReadAsync(() =>
            Task.FromResult<IReadOnlyList<BlockEntry>>([
                .. blocks.ById.Values.Where(e => e.FindingId == findingId && e.ExpiresAt > timeProvider.GetUtcNow()),
            ])
        );

    public Task<long> ChangeAsync(IReadOnlyList<BlockEntry> add, IReadOnlyList<string> removeIds, CancellationToken cancellationToken) =>
        ChangeAsync(removeIds, list => list.Towards([.. add.Select(BlockRules.Checked)], removeIds, timeProvider.GetUtcNow()));

    public async Task<bool> RemoveAsync(BlockEntry entry, CancellationToken cancellationToken)
    {
        if (blocks.ById.GetValueOrDefault(entry.Id) == entry)
        {
            await ChangeAsync([], [entry.Id], cancellationToken);
        }

        return !blocks.ById.ContainsKey(entry.Id);
    }

    public Task<long> ChangeAsync(
        string findingId,
        IReadOnlyList<BlockEntry> add,
        IReadOnlyList<string> removeIds,
        CancellationToken cancellationToken
    ) => ChangeAsync(removeIds, list => list.Towards(findingId, [.. add.Select(BlockRules.Checked)], removeIds, timeProvider.GetUtcNow()));

    private Task<long> ChangeAsync(IReadOnlyList<string> removeIds, Func<Blocklist, BlockChange?> towards) =>
        fate.DoAsync("change blocklist", () =>
        {
            if (towards(new(blocks.Number, blocks.ById.Values)) is { } change)
            {
                change.Remove.ToList().ForEach(id => blocks.ById.Remove(id));
                foreach (var entry in change.Add)
                {
                    blocks.ById[entry.Id] = entry;
                    blocks.Ever.Add(entry);
                }

                blocks.Number++;
            }

            // What has expired is not there, and takes no change to be gone.
            foreach (var id in removeIds.Where(id => blocks.ById.GetValueOrDefault(id)?.ExpiresAt <= timeProvider.GetUtcNow()))
            {
                blocks.ById.Remove(id);
            }

            return Task.FromResult(blocks.Number);
        });
}
