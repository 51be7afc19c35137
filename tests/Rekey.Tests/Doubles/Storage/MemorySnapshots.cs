using System.Runtime.CompilerServices;
using Rekey.Compliance;

namespace Rekey.Tests.Doubles.Storage;

/// <summary>A container of snapshots, which anybody with rights in the evidence account may write.</summary>
public sealed class MemorySnapshots : ISnapshotStore
{
    public SortedDictionary<long, byte[]> Blobs { get; } = [];

    public int Reads { get; private set; }

    public Task KeepAsync(long line, ReadOnlyMemory<byte> document, CancellationToken cancellationToken)
    {
        Blobs[line] = document.ToArray();
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<long> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var line in Blobs.Keys.Reverse().ToList())
        {
            yield return line;
        }
    }

    public Task<ReadOnlyMemory<byte>> ReadAsync(long line, CancellationToken cancellationToken)
    {
        Reads++;
        return Task.FromResult<ReadOnlyMemory<byte>>(Blobs.GetValueOrDefault(line));
    }

    public Task RemoveAsync(long line, CancellationToken cancellationToken)
    {
        Blobs.Remove(line);
        return Task.CompletedTask;
    }
}
