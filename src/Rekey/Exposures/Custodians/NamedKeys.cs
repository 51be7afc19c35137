using Rekey.Trust.Lists;

namespace Rekey.Exposures.Custodians;

/// <summary>Exposure because an operator named the key when reporting the departure.</summary>
public sealed class NamedKeys : IExposureSource
{
    public Task<ExposureAnswer> FindAsync(ExposureInquiry inquiry, BoundKey key, CancellationToken cancellationToken) =>
        Task.FromResult(
            inquiry.PersonId is { } person && inquiry.NamedKeys.Contains(key.Key.Id, StringComparer.Ordinal)
                ? new ExposureAnswer([new(person, "named", "named by an operator")])
                : ExposureAnswer.None
        );
}
