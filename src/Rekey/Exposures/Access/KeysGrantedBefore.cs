using Rekey.Trust.Lists;
using Rekey.VaultAccess.Custody;

namespace Rekey.Exposures.Access;

/// <summary>Exposure by a right that the person had earlier, by the custody record: a right that was removed last week still counts for
/// the versions of that time.</summary>
public sealed class KeysGrantedBefore(CustodyRecords records, DeclaredVaults vaults) : IExposureSource
{
    public async Task<ExposureAnswer> FindAsync(ExposureInquiry inquiry, BoundKey key, CancellationToken cancellationToken)
    {
        if (vaults.Find(key.Key) is not { } vault)
        {
            return ExposureAnswer.None;
        }

        var recorded = await inquiry.OnceAsync($"custody record of {vault.ResourceId}", () =>
            records.ReadAsync(vault.ResourceId, cancellationToken)
        );
        return new([
            .. recorded
                .Where(r => inquiry.IsAbout(r.Holder.PersonId) && r.Holder.Holds(key.Key.Name))
                .OrderByDescending(r => r.GoneBy)
                .Select(r => new ExposureReason(
                    r.Holder.PersonId,
                    r.Holder.Kind,
                    $"{r.Holder.Detail}, by the custody record from {r.First:u} to {r.Last:u}",
                    r.GoneBy
                )),
        ]);
    }
}
