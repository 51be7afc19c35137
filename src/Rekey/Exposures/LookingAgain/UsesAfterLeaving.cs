using Rekey.Core;
using Rekey.Departures;
using Rekey.Exposures.Audit;
using Rekey.Exposures.Grades;
using Rekey.Rotations;
using Rekey.Trust;

namespace Rekey.Exposures.LookingAgain;

/// <summary>Reads how a person used keys after their account was closed, by the audit log of the vaults.</summary>
/// <param name="log">Null when no audit log is read.</param>
public sealed class UsesAfterLeaving(
    IAuditLog? log,
    GovernedKeys governedKeys,
    DepartureOptions options,
    RotationOptions rotations,
    TimeProvider timeProvider
)
{
    /// <summary>How long a silent log is waited for. Then it shows nothing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>Reads the person's uses after the account was closed, and the vaults whose log has no gap in that time.</summary>
    public async Task<(IReadOnlyList<AuditedUse> Uses, IReadOnlySet<string> Complete)> ReadAsync(
        Departure departure,
        CancellationToken cancellationToken
    )
    {
        var (person, ended, end) = (departure.PersonId.ToLowerInvariant(), departure.AccessEndedAt, departure.TokensEndAt(options));
        var none = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (log is null)
        {
            return ([], none);
        }

        try
        {
            var uses = await log.UsesAsync(new([.. governedKeys.Keys.Select(k => k.Key)], [person], ended), cancellationToken);
            var vaults = governedKeys
                .Keys.Select(k => k.Key.VaultUri.Authority.ToLowerInvariant())
                .Distinct(StringComparer.Ordinal)
                .ToList();
            var silences = await log.SilencesAsync(vaults, ended - (2 * VersionGrade.MaxPause), VersionGrade.MaxPause, cancellationToken);
            var own = uses.Rows.Where(u => u.Oid == person && u.Last > ended && UsedKeys.IsPrivate(u.Operation)).ToList();
            return !uses.IsWhole || !silences.IsWhole
                ? (own, none)
                : (
                    own,
                    vaults
                        .Where(v => silences.Rows.Any(s => s.Vault == v))
                        .Where(v => !silences.Rows.Any(s => s.Vault == v && !(s.To <= ended) && !(s.From >= end)))
                        .ToHashSet(StringComparer.OrdinalIgnoreCase)
                );
        }
        catch (CannotContinueException)
        {
            // The assessment has reported that the log refuses. It shows nothing.
            return ([], none);
        }
        catch (RetryLaterException) when (timeProvider.GetUtcNow() > end + rotations.LogLag + Patience)
        {
            return ([], none);
        }
    }
}
