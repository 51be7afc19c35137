using Rekey.Core;
using Rekey.Trust.Lists;

namespace Rekey.Departures.Reconciling.Sources;

/// <summary>
/// Names the people who a reason of exposure is about, whether they have left or not. An account that was closed before Rekey was
/// installed becomes a departure only if it is named for a key with trusted versions.
/// </summary>
public interface INamedPeople
{
    /// <summary>Object ids of the people who are named for this key.</summary>
    /// <exception cref="RetryLaterException">The source cannot be read yet.</exception>
    /// <exception cref="CannotContinueException">The source refuses.</exception>
    Task<IReadOnlyCollection<string>> ReadNamedAsync(BoundKey key, CancellationToken cancellationToken);
}
