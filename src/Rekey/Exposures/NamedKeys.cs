using Rekey.Departures;
using Rekey.Trust.Lists;

namespace Rekey.Exposures;

/// <summary>Exposure because an operator named the key when reporting the departure.</summary>
public sealed class NamedKeys : IExposureSource
{
    public Task<ExposureReason?> FindAsync(Departure departure, BoundKey key, CancellationToken cancellationToken) =>
        Task.FromResult(
            departure.NamedKeys.Contains(key.Key.Id, StringComparer.Ordinal) ? new ExposureReason("named", "named by an operator") : null
        );
}
