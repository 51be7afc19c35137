using Rekey.Blocking;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Sweeps;

/// <summary>The blocklist that gateways have.</summary>
public sealed class Blocks
{
    public Dictionary<string, BlockEntry> ById { get; } = new(StringComparer.Ordinal);

    /// <summary>Everything that was ever on it.</summary>
    public List<BlockEntry> Ever { get; } = [];

    public long Number { get; set; }
}

/// <summary>One process's way to the blocklist.</summary>
public sealed class MemoryBlocklist(Blocks blocks, Fate fate) : IBlocklist
{
    public Task<long> ChangeAsync(IReadOnlyList<BlockEntry> add, IReadOnlyList<string> removeIds, CancellationToken cancel) => fate.DoAsync("change blocklist", () =>
    {
        var before = blocks.ById.Values.ToHashSet();
        foreach (var id in removeIds)
        {
            blocks.ById.Remove(id);
        }

        foreach (var entry in add.Select(BlockRules.Checked))
        {
            blocks.ById[entry.Id] = entry;
            blocks.Ever.Add(entry);
        }

        blocks.Number += before.SetEquals(blocks.ById.Values) ? 0 : 1;
        return Task.FromResult(blocks.Number);
    });
}
