using Rekey.Core;
using Rekey.Trust.Lists;

namespace Rekey.Exposures;

/// <summary>A source of reasons why a key is exposed.</summary>
public interface IExposureSource
{
    /// <summary>The reasons of the person that is asked about; of everyone when the inquiry is about everyone.</summary>
    /// <exception cref="RetryLaterException">The source cannot be read yet.</exception>
    /// <exception cref="CannotContinueException">The source refuses; the reasons of other sources count.</exception>
    Task<ExposureAnswer> FindAsync(ExposureInquiry inquiry, BoundKey key, CancellationToken cancellationToken);
}
