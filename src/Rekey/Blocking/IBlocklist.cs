using Rekey.Core;

namespace Rekey.Blocking;

/// <summary>Reads and changes the blocklist.</summary>
public interface IBlocklist
{
    /// <summary>Unexpired entries that belong to a finding.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task<IReadOnlyList<BlockEntry>> FindAsync(string findingId, CancellationToken cancellationToken);

    /// <summary>
    /// Adds and removes entries in one change, with the next number. May be repeated: entries that are listed already change nothing, and
    /// without a change there is no new number.
    /// </summary>
    /// <param name="removeIds">Ids of entries whose tokens turned out to be honest.</param>
    /// <returns>The number of the list that has all of it.</returns>
    /// <exception cref="RetryLaterException">The store cannot be reached; either nothing or all of it is done.</exception>
    Task<long> ChangeAsync(IReadOnlyList<BlockEntry> add, IReadOnlyList<string> removeIds, CancellationToken cancellationToken);

    /// <summary>Removes an entry; false when it has changed and so stays. True also when there is none.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached; nothing is done.</exception>
    Task<bool> RemoveAsync(BlockEntry entry, CancellationToken cancellationToken);

    /// <summary>
    /// Adds and removes the entries of one finding. An entry that people decided, or that belongs to another finding, stays and lasts at
    /// least as long as the new one would.
    /// </summary>
    /// <param name="findingId">Only its entries are replaced and removed.</param>
    /// <exception cref="RetryLaterException">The store cannot be reached; either nothing or all of it is done.</exception>
    Task<long> ChangeAsync(
        string findingId,
        IReadOnlyList<BlockEntry> add,
        IReadOnlyList<string> removeIds,
        CancellationToken cancellationToken
    );
}
