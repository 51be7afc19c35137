using Rekey.Trust.Lists;

namespace Rekey.Exposures.Custodians;

/// <summary>Exposure because the configuration declares the person as a custodian.</summary>
/// <param name="custodians">Object ids by key id.</param>
public sealed class DeclaredCustody(IReadOnlyDictionary<string, IReadOnlyList<string>> custodians) : IExposureSource
{
    /// <summary>The custodians of a key.</summary>
    public IReadOnlyList<string> Of(string keyId) => custodians.GetValueOrDefault(keyId) ?? [];

    public Task<ExposureAnswer> FindAsync(ExposureInquiry inquiry, BoundKey key, CancellationToken cancellationToken) =>
        Task.FromResult(
            new ExposureAnswer([
                .. Of(key.Key.Id)
                    .Where(inquiry.IsAbout)
                    .Select(c => new ExposureReason(c, "custodian", "declared in Rekey's configuration")),
            ])
        );
}
