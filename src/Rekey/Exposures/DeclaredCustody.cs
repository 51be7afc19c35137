using Rekey.Departures;
using Rekey.Departures.Reconciling.Sources;
using Rekey.Trust.Lists;

namespace Rekey.Exposures;

/// <summary>Exposure because the configuration declares the person as a custodian.</summary>
/// <param name="custodians">Object ids by key id.</param>
public sealed class DeclaredCustody(IReadOnlyDictionary<string, IReadOnlyList<string>> custodians) : IExposureSource, INamedPeople
{
    /// <summary>The custodians of a key.</summary>
    public IReadOnlyList<string> Of(string keyId) => custodians.GetValueOrDefault(keyId) ?? [];

    public Task<IReadOnlyCollection<string>> ReadNamedAsync(BoundKey key, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyCollection<string>>(Of(key.Key.Id));

    public Task<ExposureReason?> FindAsync(Departure departure, BoundKey key, CancellationToken cancellationToken) =>
        Task.FromResult(
            custodians.TryGetValue(key.Key.Id, out var declared) && declared.Contains(departure.PersonId, StringComparer.OrdinalIgnoreCase)
                ? new ExposureReason("custodian", "declared in Rekey's configuration")
                : null
        );
}
