using Rekey.Core;

namespace Rekey.Departures.Feed;

/// <summary>The container in which Event Grid puts events about accounts that it could not deliver for a day.</summary>
public interface IEventDeadLetters
{
    /// <summary>Lists files after a place, in the order of their times and names.</summary>
    /// <param name="after">The last file that was taken up.</param>
    /// <param name="until">Files that were written later are left out: others with the same time may still come.</param>
    /// <param name="most">The maximum number of files.</param>
    /// <exception cref="RetryLaterException">Storage cannot be reached.</exception>
    /// <exception cref="CannotContinueException">Storage denies access.</exception>
    Task<IReadOnlyList<EventDeadLetterFile>> ListAsync(
        EventDeadLetterCursor after,
        DateTimeOffset until,
        int most,
        CancellationToken cancellationToken
    );

    /// <summary>Reads a file; empty when it is gone or too long.</summary>
    /// <exception cref="RetryLaterException">Storage cannot be reached.</exception>
    /// <exception cref="CannotContinueException">Storage denies access.</exception>
    Task<ReadOnlyMemory<byte>> ReadAsync(string name, CancellationToken cancellationToken);
}
