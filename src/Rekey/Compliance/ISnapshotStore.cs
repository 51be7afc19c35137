using Rekey.Core;

namespace Rekey.Compliance;

/// <summary>Where snapshots of the ledger's views are kept: beside the ledger, in a container that is not locked, because only the last few
/// are needed.</summary>
public interface ISnapshotStore
{
    /// <summary>Keeps one; one for the same line is replaced.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task KeepAsync(long line, ReadOnlyMemory<byte> document, CancellationToken cancellationToken);

    /// <summary>The lines of those that are kept, highest first.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    IAsyncEnumerable<long> ListAsync(CancellationToken cancellationToken);

    /// <summary>The one behind that line; empty when it is not there or too long.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task<ReadOnlyMemory<byte>> ReadAsync(long line, CancellationToken cancellationToken);

    /// <summary>Removes one.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task RemoveAsync(long line, CancellationToken cancellationToken);
}
