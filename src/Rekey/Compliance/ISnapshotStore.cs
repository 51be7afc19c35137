using Rekey.Core;

namespace Rekey.Compliance;

/// <summary>
/// The store of snapshots of the ledger's views: next to the ledger, in a container that is not locked, because only the last few are
/// needed.
/// </summary>
public interface ISnapshotStore
{
    /// <summary>Stores one; one for the same line is replaced.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task KeepAsync(long line, ReadOnlyMemory<byte> document, CancellationToken cancellationToken);

    /// <summary>The lines of the stored snapshots, highest first.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    IAsyncEnumerable<long> ListAsync(CancellationToken cancellationToken);

    /// <summary>The snapshot at that line; empty when there is none or it is too long.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task<ReadOnlyMemory<byte>> ReadAsync(long line, CancellationToken cancellationToken);

    /// <summary>Removes a snapshot.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task RemoveAsync(long line, CancellationToken cancellationToken);
}
