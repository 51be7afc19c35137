using Rekey.Blocking.Publishing;
using Rekey.Core;

namespace Rekey.Blocking.Record;

/// <summary>
/// What may not stand in the ledger because it must be deleted one day: documents of the blocklist, and what people are asked to block.
/// They lie beside the ledger, in a container that is not locked; the ledger has their hashes.
/// </summary>
public interface IBlockFiles
{
    /// <summary>Keeps one; what has that name is replaced.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task KeepAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>One of them; empty when it is not there, or longer than <see cref="BlockDocuments.MaxBytes"/>.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task<ReadOnlyMemory<byte>> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>The names that begin so.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Removes one, if it is there.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task RemoveAsync(string name, CancellationToken cancellationToken);
}
