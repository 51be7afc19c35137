using Rekey.Core;

namespace Rekey.Departures.Reconciling.Sources;

/// <summary>Reads the accounts of the directory page by page (Microsoft Graph <c>/users/delta</c> and deleted items).</summary>
/// <remarks>A page may repeat rows of earlier pages, and the same person may come twice.</remarks>
public interface IAccountFeed
{
    /// <summary>Reads a page of changes.</summary>
    /// <param name="link">The link that an earlier page gave; null reads all accounts from the beginning.</param>
    /// <returns>Null when the directory no longer accepts the link: all accounts must be read again.</returns>
    /// <exception cref="RetryLaterException">The directory cannot be reached or throttles.</exception>
    /// <exception cref="CannotContinueException">The directory refuses.</exception>
    Task<AccountPage?> ReadChangesAsync(string? link, CancellationToken cancellationToken);

    /// <summary>Reads a page of the accounts that were deleted and can be restored.</summary>
    /// <param name="link">The link that an earlier page gave; null reads the first page.</param>
    /// <returns>Null when the directory no longer accepts the link: the list must be read from its first page.</returns>
    /// <exception cref="RetryLaterException">The directory cannot be reached or throttles.</exception>
    /// <exception cref="CannotContinueException">The directory refuses.</exception>
    Task<AccountPage?> ReadDeletedAsync(string? link, CancellationToken cancellationToken);
}
