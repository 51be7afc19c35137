using Rekey.Blocking.Publishing;
using Rekey.Core;

namespace Rekey.Blocking.Record;

/// <summary>
/// Files that must be deleted one day and so may not be in the ledger: documents of the blocklist, and what approvers are asked to block.
/// They are next to the ledger, in a container that is not locked; the ledger has their hashes.
/// </summary>
public interface IBlockFiles
{
    /// <summary>Stores a file; one of that name is replaced.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task KeepAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Reads a file; empty when there is none, or it is longer than <see cref="BlockDocuments.MaxBytes"/>.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task<ReadOnlyMemory<byte>> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>The names with this prefix.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Removes a file, if it exists.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task RemoveAsync(string name, CancellationToken cancellationToken);
}
