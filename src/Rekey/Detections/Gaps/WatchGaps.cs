using Rekey.Core.Records;
using Rekey.Detections.Sweeps;
using Rekey.Findings;
using Rekey.Trust;

namespace Rekey.Detections.Gaps;

/// <summary>
/// Keeps the gaps that are found in issuers' logs, and raises a finding for each instance that has one, or for an issuer none of whose
/// instances logs. A gap holds back the verdicts that it may explain.
/// </summary>
public sealed class WatchGaps(
    ITokenLog log,
    IRecords<InstanceGaps> instances,
    IFindings findings,
    SweepOptions options,
    TrustOptions trust,
    TimeProvider timeProvider
)
{
    /// <summary>Runs the detections of gaps over what a batch is judged against, and saves what the live ones found.</summary>
    /// <returns>Rows by detection, those of quiet detections too.</returns>
    public async Task<IReadOnlyDictionary<string, long>> RunAsync(
        IEnumerable<Detection> detections,
        SweepBatch batch,
        SweepParameters parameters,
        CancellationToken cancellationToken
    )
    {
        // Gaps lie in whole logs: shares of one window are judged against the same.
        if (batch.IsLaterShare)
        {
            return new Dictionary<string, long>(StringComparer.Ordinal);
        }

        // 1. A silent instance must stay in sight, or nobody would see it speak again.
        var known = await ReadAsync(cancellationToken);
        var wide = batch with { EarliestEvent = Earliest(batch, known), ArrivedUntil = Latest(batch) };
        var sight = wide.EarliestEvent is null ? (DateTimeOffset?)null : LookBack.OfGaps(wide, parameters).IssuedFrom;

        // 2. What is there now. Quiet detections are counted, and hold nothing.
        var (found, rows) = (new List<IssuanceGap>(), new Dictionary<string, long>(StringComparer.Ordinal));
        foreach (var detection in detections.Where(d => d.Yields is DetectionRows.Gaps))
        {
            rows[detection.Id] = 0;
            await foreach (var gap in log.FindGapsAsync(detection, wide, parameters, cancellationToken))
            {
                rows[detection.Id]++;
                if (detection.IsLive)
                {
                    found.Add(gap);
                }
            }
        }

        // 3. Instance by instance, those that nothing was found of too.
        var byInstance = found.ToLookup(g => (g.Iss, g.IssuerInstance));
        foreach (var (iss, instance) in byInstance.Select(g => g.Key).Union(known.Select(i => (i.Iss, i.IssuerInstance))))
        {
            await SaveAsync(
                iss,
                instance,
                s => s.Found([.. byInstance[(iss, instance)]], sight, timeProvider.GetUtcNow()),
                cancellationToken
            );
        }

        return rows;
    }

    /// <summary>What hides tokens as time goes by: silences that have lasted too long end.</summary>
    public async Task<KnownGaps> AgeAsync(CancellationToken cancellationToken)
    {
        foreach (var instance in await ReadAsync(cancellationToken))
        {
            await SaveAsync(
                instance.Iss,
                instance.IssuerInstance,
                s => s.Aged(options.SilenceMemory, timeProvider.GetUtcNow()),
                cancellationToken
            );
        }

        return new(await ReadAsync(cancellationToken), trust);
    }

    private DateTimeOffset? Earliest(SweepBatch batch, IEnumerable<InstanceGaps> known)
    {
        var silent = known
            .Where(i => !i.IsWholeIssuer)
            .SelectMany(i => i.Gaps)
            .Where(g => g is { IsSilence: true, End: null } && g.From + options.SilenceMemory > timeProvider.GetUtcNow())
            .Min(g => (DateTimeOffset?)g.From);
        return silent < batch.EarliestEvent ? silent : batch.EarliestEvent;
    }

    /// <summary>
    /// While accesses settle, issuances go on arriving: silence is measured up to then. Otherwise the first tokens after an instance fell
    /// silent would be judged before that is long enough ago to be called a silence.
    /// </summary>
    private DateTimeOffset Latest(SweepBatch batch) =>
        batch.ArrivedUntil + options.SettleTime is var settled && settled < timeProvider.GetUtcNow() ? settled : timeProvider.GetUtcNow();

    private async Task<IReadOnlyList<InstanceGaps>> ReadAsync(CancellationToken cancellationToken) =>
        await instances.ListAsync(InstanceGaps.All, cancellationToken).Select(i => i.Value).ToListAsync(cancellationToken);

    private async Task SaveAsync(string iss, string instance, Func<InstanceGaps, InstanceGaps> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var fresh = new InstanceGaps(iss, instance);
            var read = await instances.FindAsync(InstanceGaps.All, fresh.Row, cancellationToken);
            var now = timeProvider.GetUtcNow();
            var changed = change(read?.Value ?? fresh)
                .Aged(options.SilenceMemory, now)
                .Without(now - options.LateIssuance - trust.MaxTokenLifetime - trust.ClockSkew);

            // The finding before the row: a row that nobody was told of would never be told.
            await TellAsync(changed, cancellationToken);
            if (
                changed.Gaps.Count == 0
                    ? read is null || await instances.RemoveAsync(read, cancellationToken)
                    : ReferenceEquals(changed, read?.Value)
                        || (
                            read is null
                                ? await instances.InsertAsync(changed, cancellationToken)
                                : await instances.ReplaceAsync(read, changed, cancellationToken)
                        )
                            is not null
            )
            {
                return;
            }
        }
    }

    private Task TellAsync(InstanceGaps instance, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var open = instance.Gaps.Where(g => g.End is null && (g.To ?? now) + options.LateIssuance > now).ToList();
        return open.Count > 0
            ? findings.RaiseAsync(SweepFindings.Gap(instance, open), cancellationToken)
            : findings.CloseAsync(
                Finding.IdOf(FindingKinds.IssuanceGap, instance.About),
                (instance.Gaps is [.., var last] ? last.End : null) switch
                {
                    GapEnd.Closed => "The missing lines have arrived, or none was missing.",
                    GapEnd.Over =>
                        "The issuer logs again. What it issued meanwhile and does not log any more is still held back, and then told.",
                    GapEnd.Retired => "The instance has been silent for so long that it counts as retired.",
                    _ => "The missing lines are not expected any more.",
                },
                cancellationToken
            );
    }
}
