using Rekey.Departures;
using Rekey.Departures.Reconciling.Sources;
using Rekey.Trust.Lists;
using Rekey.Trust.Vaults;

namespace Rekey.Exposures;

/// <summary>
/// Exposure by the key's tag <c>rekey-custodians</c>: object ids, comma separated. The tag only adds custodians, so changing it hides none.
/// </summary>
public sealed class TaggedCustody(IKeyVault vault) : IExposureSource, INamedPeople
{
    /// <summary>The name of the tag.</summary>
    public const string Tag = "rekey-custodians";

    public async Task<IReadOnlyCollection<string>> ReadNamedAsync(BoundKey key, CancellationToken cancellationToken) =>
        (await vault.GetKeyAsync(key.Key, version: null, cancellationToken)).Tags.TryGetValue(Tag, out var tag)
            ? tag.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [];

    public async Task<ExposureReason?> FindAsync(Departure departure, BoundKey key, CancellationToken cancellationToken) =>
        (await ReadNamedAsync(key, cancellationToken)).Contains(departure.PersonId, StringComparer.OrdinalIgnoreCase)
            ? new ExposureReason("custodian", $"named by the key's tag {Tag}")
            : null;
}
