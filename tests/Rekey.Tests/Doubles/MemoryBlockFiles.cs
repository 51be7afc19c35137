using Rekey.Blocking.Record;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Doubles;

/// <summary>One process's way to the blocklist's files.</summary>
public sealed class MemoryBlockFiles(BlockFiles files, Fate fate) : IBlockFiles
{
    public Task KeepAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        fate.DoAsync($"keep {name.Split('/')[0]}", () =>
        {
            files.Current[name] = files.Written[name] = bytes.ToArray();
            return Task.CompletedTask;
        });

    public Task<ReadOnlyMemory<byte>> ReadAsync(string name, CancellationToken cancellationToken) =>
        fate.ReadAsync(() => Task.FromResult<ReadOnlyMemory<byte>>(files.Current.GetValueOrDefault(name)));

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) =>
        fate.ReadAsync(() =>
            Task.FromResult<IReadOnlyList<string>>([.. files.Current.Keys.Where(n => n.StartsWith(prefix, StringComparison.Ordinal))])
        );

    public Task RemoveAsync(string name, CancellationToken cancellationToken) => fate.DoAsync($"remove {name.Split('/')[0]}", () =>
        {
            files.Current.Remove(name);
            return Task.CompletedTask;
        });
}
