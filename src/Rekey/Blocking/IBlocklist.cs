using Rekey.Core;

namespace Rekey.Blocking;

/// <summary>Changes the blocklist.</summary>
public interface IBlocklist
{
    /// <summary>Entries that rest on a finding and have not expired.</summary>
    /// <exception cref="RetryLaterException">The store cannot be reached.</exception>
    Task<IReadOnlyList<BlockEntry>> FindAsync(string findingId, CancellationToken cancellationToken);

    /// <summary>
    /// Adds and removes entries in one change, with the next number. May be repeated: entries that stand so already change nothing, and
    /// without a change there is no new number.
    /// </summary>
    /// <param name="removeIds">Ids of entries whose tokens turned out to be honest.</param>
    /// <returns>The number under which all of it stands.</returns>
    /// <exception cref="RetryLaterException">The store cannot be reached; nothing or all of it stands.</exception>
    Task<long> ChangeAsync(IReadOnlyList<BlockEntry> add, IReadOnlyList<string> removeIds, CancellationToken cancellationToken);

    /// <summary>
    /// The same for what one finding rests on. Where an entry stands that people decided, or that rests on another finding, that one stays;
    /// it only lasts as long as the new one would.
    /// </summary>
    /// <param name="findingId">Its own entries are replaced and removed, and no others.</param>
    /// <exception cref="RetryLaterException">The store cannot be reached; nothing or all of it stands.</exception>
    Task<long> ChangeAsync(
        string findingId,
        IReadOnlyList<BlockEntry> add,
        IReadOnlyList<string> removeIds,
        CancellationToken cancellationToken
    );
}
