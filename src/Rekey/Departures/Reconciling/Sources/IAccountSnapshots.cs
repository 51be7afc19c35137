using Rekey.Core;

namespace Rekey.Departures.Reconciling.Sources;

/// <summary>
/// Keeps what reconciliation knows about the accounts, in the evidence account next to the ledger, which has its hash. The file is named
/// by that hash.
/// </summary>
public interface IAccountSnapshots
{
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task KeepAsync(string sha256, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Reads a file; empty when there is none.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task<ReadOnlyMemory<byte>> ReadAsync(string sha256, CancellationToken cancellationToken);

    /// <summary>Removes all files but this one.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task RemoveOthersAsync(string sha256, CancellationToken cancellationToken);
}
