using Rekey.Trust.Lists;
using Rekey.Trust.Vaults;

namespace Rekey.Exposures.Custodians;

/// <summary>
/// Exposure by the key's tag <c>rekey-custodians</c>: object ids, comma separated. The tag only adds custodians, so changing it hides none.
/// </summary>
public sealed class TaggedCustody(IKeyVault vault) : IExposureSource
{
    /// <summary>The name of the tag.</summary>
    public const string Tag = "rekey-custodians";

    public async Task<ExposureAnswer> FindAsync(ExposureInquiry inquiry, BoundKey key, CancellationToken cancellationToken)
    {
        var newest = await vault.GetKeyAsync(key.Key, version: null, cancellationToken);
        return newest.Tags.TryGetValue(Tag, out var tag)
            ? new([
                .. tag.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Where(inquiry.IsAbout)
                    .Distinct(StringComparer.OrdinalIgnoreCase)
                    .Select(c => new ExposureReason(c.ToLowerInvariant(), "custodian", $"named by the key's tag {Tag}")),
            ])
            : ExposureAnswer.None;
    }
}
