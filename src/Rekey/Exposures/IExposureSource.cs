using Rekey.Core;
using Rekey.Departures;
using Rekey.Trust.Lists;

namespace Rekey.Exposures;

/// <summary>One way to find out that a key is exposed: one small class each.</summary>
public interface IExposureSource
{
    /// <summary>The reason, or null.</summary>
    /// <exception cref="RetryLaterException">Nobody can tell yet.</exception>
    /// <exception cref="CannotContinueException">It cannot be told here; what was found elsewhere counts.</exception>
    Task<ExposureReason?> FindAsync(Departure departure, BoundKey key, CancellationToken cancellationToken);
}
