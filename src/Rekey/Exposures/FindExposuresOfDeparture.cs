using Rekey.Departures;
using Rekey.Findings;
using Rekey.Trust;

namespace Rekey.Exposures;

/// <summary>Finds the keys that a departed person exposes, and reports the sources that refuse to say so.</summary>
public sealed class FindExposuresOfDeparture(FindExposures find, IFindings findings, GovernedKeys governedKeys, TimeProvider timeProvider)
{
    public async Task<ExposuresFound> FindAsync(Departure departure, CancellationToken cancellationToken)
    {
        var found = await find.FindAsync(new(departure.PersonId, departure.AccessEndedAt, departure.NamedKeys), cancellationToken);
        await ReportAsync(found.Unread, cancellationToken);
        return found;
    }

    /// <summary>Raises a finding for each key whose sources refuse, and closes those of keys that were read in full.</summary>
    private async Task ReportAsync(IReadOnlyList<UnreadSource> unread, CancellationToken cancellationToken)
    {
        // One refusal may concern every key, and is one finding.
        foreach (var refused in unread.Where(u => u.Refusal is not null).GroupBy(u => u.Why, StringComparer.Ordinal))
        {
            await findings.RaiseAsync(Unreadable(refused.First(), refused.Count()), cancellationToken);
        }

        foreach (var key in governedKeys.Keys.Select(k => k.Key.Id).Except(unread.Select(u => u.KeyId), StringComparer.Ordinal))
        {
            await findings.CloseAsync(
                Finding.IdOf(FindingKinds.CustodyUnreadable, key),
                "Every source of exposure was read in full.",
                cancellationToken
            );
        }
    }

    private Finding Unreadable(UnreadSource unread, int keys) =>
        new(
            FindingKinds.CustodyUnreadable,
            unread.KeyId,
            Severity.Medium,
            $"Rekey could not read everything that shows who exposes {unread.KeyId}"
                + $"{(keys == 1 ? "" : $" and {keys - 1} more keys")}: {unread.Why}",
            unread.Remedy ?? "",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["key"] = unread.KeyId, ["reason"] = unread.Refusal! },
            timeProvider.GetUtcNow(),
            timeProvider.GetUtcNow()
        );
}
