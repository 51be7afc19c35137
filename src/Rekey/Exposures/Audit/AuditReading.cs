using Rekey.Exposures.Grades;
using Rekey.Trust;

namespace Rekey.Exposures.Audit;

/// <summary>Reads the audit log for an inquiry: each question once, for all governed keys.</summary>
public sealed class AuditReading(IAuditLog log, GovernedKeys governedKeys, ExposureOptions options, TimeProvider timeProvider)
{
    /// <summary>The operations on the governed keys.</summary>
    public Task<AuditAnswer<AuditedUse>> UsesAsync(ExposureInquiry inquiry, CancellationToken cancellationToken) =>
        inquiry.OnceAsync("audit uses", async () =>
            await log.UsesAsync(
                new(
                    [.. governedKeys.Keys.Select(k => k.Key)],
                    inquiry.PersonId is { } person
                        ? [person.ToLowerInvariant(), .. (await ControlledAsync(inquiry, cancellationToken)).Keys]
                        : null,
                    Since
                ),
                cancellationToken
            )
        );

    /// <summary>The silences of the governed vaults.</summary>
    public Task<AuditAnswer<AuditSilence>> SilencesAsync(ExposureInquiry inquiry, CancellationToken cancellationToken) =>
        inquiry.OnceAsync("audit silences", () =>
            log.SilencesAsync(
                [.. governedKeys.Keys.Select(k => k.Key.VaultUri.Authority.ToLowerInvariant()).Distinct(StringComparer.OrdinalIgnoreCase)],
                Since,
                VersionGrade.MaxPause,
                cancellationToken
            )
        );

    /// <summary>The service principals and applications that the person owned or added credentials to, by object id or application id,
    /// each with the row that shows it.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ControlledAsync(ExposureInquiry inquiry, CancellationToken cancellationToken)
    {
        if (inquiry.PersonId?.ToLowerInvariant() is not { } person)
        {
            return new Dictionary<string, string>();
        }

        var changes = await inquiry.OnceAsync("audit changes", () => log.ChangesAsync(person, Since, cancellationToken));
        var controlled = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var change in changes.Rows)
        {
            var isOwner = change.IsOwner && (change.Target0 == person || change.Target1 == person);
            if (!isOwner && !(change.IsCredential && change.Actor == person))
            {
                continue;
            }

            foreach (var id in new[] { change.Target0, change.Target1, change.AppId }.Where(i => i.Length > 0 && i != person))
            {
                controlled.TryAdd(
                    id,
                    $"{(isOwner ? "the owner of that application" : "the one who added a credential to that application")} "
                        + $"by '{change.Operation}' at {change.At:u}"
                );
            }
        }

        return controlled;
    }

    private DateTimeOffset Since => timeProvider.GetUtcNow() - options.AuditLookBack;
}
