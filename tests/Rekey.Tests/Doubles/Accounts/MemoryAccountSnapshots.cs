using Rekey.Departures.Reconciling.Sources;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Doubles.Accounts;

/// <summary>One process's access to the files of reconciliation.</summary>
public sealed class MemoryAccountSnapshots(SortedDictionary<string, byte[]> files, Fate fate) : IAccountSnapshots
{
    public Task KeepAsync(string sha256, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        fate.DoAsync("keep accounts", () =>
        {
            files[sha256] = bytes.ToArray();
            return Task.CompletedTask;
        });

    public Task<ReadOnlyMemory<byte>> ReadAsync(string sha256, CancellationToken cancellationToken) =>
        fate.ReadAsync(() => Task.FromResult<ReadOnlyMemory<byte>>(files.GetValueOrDefault(sha256)));

    public Task RemoveOthersAsync(string sha256, CancellationToken cancellationToken) => fate.DoAsync("remove accounts", () =>
        {
            foreach (var other in files.Keys.Where(k => k != sha256).ToList())
            {
                files.Remove(other);
            }

            return Task.CompletedTask;
        });
}
