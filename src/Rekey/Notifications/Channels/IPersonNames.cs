using Rekey.Core;

namespace Rekey.Notifications.Channels;

/// <summary>Reads the names of people, for channels that show them. Rekey stores no name.</summary>
public interface IPersonNames
{
    /// <summary>The name; null when the directory has none.</summary>
    /// <exception cref="RetryLaterException">The directory cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The directory refuses.</exception>
    Task<string?> FindAsync(Guid personId, CancellationToken cancellationToken);
}
