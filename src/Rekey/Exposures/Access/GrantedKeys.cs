using Rekey.Core;
using Rekey.Trust.Lists;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Custody;
using Rekey.VaultAccess.Reading;

namespace Rekey.Exposures.Access;

/// <summary>Exposure by a right that the person has now: <c>granted</c>, or <c>indirect</c> by an attack path.</summary>
public sealed class GrantedKeys(VaultReadings readings) : IExposureSource
{
    /// <summary>The parts without which a right may be missing.</summary>
    private static readonly ReadingPart[] Needed =
    [
        ReadingPart.Vault,
        ReadingPart.Assignments,
        ReadingPart.Eligibilities,
        ReadingPart.Principals,
        ReadingPart.WaysRound,
    ];

    public async Task<ExposureAnswer> FindAsync(ExposureInquiry inquiry, BoundKey key, CancellationToken cancellationToken)
    {
        if (await readings.FindAsync(inquiry, key.Key, cancellationToken) is not { } reading)
        {
            return ExposureAnswer.None;
        }

        var holders = await inquiry.OnceAsync($"holders of {reading.VaultId}", () => Task.FromResult(KeyHolder.Of(reading)));
        var unseen = reading.Unseen.Where(u => Needed.Contains(u.Part)).ToList();
        return new(
            [
                .. holders
                    .Where(h => inquiry.IsAbout(h.PersonId) && h.Holds(key.Key.Name))
                    .Select(h => new ExposureReason(h.PersonId, h.Kind, h.Detail)),
            ],
            unseen.Count == 0
                ? null
                : new CannotContinueException(
                    IResourceManager.Forbidden,
                    $"{unseen.Count} parts of the access to {key.Key.VaultUri.Authority} could not be read, such as {unseen[0].What}: "
                        + unseen[0].Why,
                    "Give Rekey's identity the rights to read them; the permissions page lists them. Rekey retries by itself."
                )
        );
    }
}
