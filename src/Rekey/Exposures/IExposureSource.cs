using Rekey.Core;
using Rekey.Departures;
using Rekey.Trust.Lists;

namespace Rekey.Exposures;

/// <summary>A source of reasons why a key is exposed.</summary>
public interface IExposureSource
{
    /// <summary>The reason, or null.</summary>
    /// <exception cref="RetryLaterException">The source cannot be read yet.</exception>
    /// <exception cref="CannotContinueException">The source refuses; the findings of other sources count.</exception>
    Task<ExposureReason?> FindAsync(Departure departure, BoundKey key, CancellationToken cancellationToken);
}
