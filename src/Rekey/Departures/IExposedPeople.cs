using Rekey.Core;

namespace Rekey.Departures;

/// <summary>Answers whether a person could have used or taken a key that is still trusted.</summary>
public interface IExposedPeople
{
    /// <summary>Whether any reason of exposure names the person for a version that is still trusted.</summary>
    /// <param name="accessEndedAt">When the person's access ended: versions made later are not exposed. Null: when it ended is unknown,
    /// so every version counts.</param>
    /// <exception cref="RetryLaterException">A source could not be read, and no other source names the person.</exception>
    Task<bool> IsExposedAsync(string personId, DateTimeOffset? accessEndedAt, CancellationToken cancellationToken);
}
