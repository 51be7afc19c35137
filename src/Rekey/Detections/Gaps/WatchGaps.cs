using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Detections.Sweeps;
using Rekey.Findings;
using Rekey.Trust;

namespace Rekey.Detections.Gaps;

/// <summary>
/// Tracks the gaps in issuers' logs, and raises a finding for each instance with a gap, or for an issuer none of whose instances logs. A
/// gap holds back the verdicts that it may explain.
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
    /// <summary>Runs the gap detections over the issuances of a batch, and saves the gaps of live ones. If a live one does not finish,
    /// the gaps of that time are unknown: they may explain any token until one finishes again.</summary>
    /// <exception cref="RetryLaterException">The log engine cannot be reached.</exception>
    public async Task<GapSearch> RunAsync(
        IEnumerable<Detection> detections,
        SweepBatch batch,
        SweepParameters parameters,
        CancellationToken cancellationToken
    )
    {
        // Gaps belong to the whole log: all shares of one window use the same.
        var rows = new Dictionary<string, long>(StringComparer.Ordinal);
        var unfinished = new Dictionary<string, string>(StringComparer.Ordinal);
        if (batch.IsLaterShare)
        {
            return new(rows, unfinished);
        }

        // 1. Keep silent instances in sight, to see them log again.
        var known = await ReadAsync(cancellationToken);
        var wide = batch with { EarliestEvent = Earliest(batch, known), ArrivedUntil = Latest(batch) };
        var sight = wide.EarliestEvent is null ? (DateTimeOffset?)null : LookBack.OfGaps(wide, parameters).IssuedFrom;

        // 2. Detect the current gaps. Those of quiet detections are counted, and hold nothing back.
        var (found, isUnknown) = (new List<IssuanceGap>(), false);
        foreach (var detection in detections.Where(d => d.Yields is DetectionRows.Gaps))
        {
            try
            {
                var gaps = await log.FindGapsAsync(detection, wide, parameters, cancellationToken).ToListAsync(cancellationToken);
                rows[detection.Id] = gaps.Count;
                found.AddRange(detection.IsLive ? gaps : []);
            }
            catch (Exception e) when (detection.IsLive ? UnfinishedQuery.Is(e) : e is RetryLaterException or CannotContinueException)
            {
                unfinished[detection.Id] = e.Message;
                isUnknown |= detection.IsLive;
            }
        }

        // 3. Update each instance. Unless gaps are unknown, that includes those without detected gaps, which may end.
        var byInstance = found.ToLookup(g => (g.Iss, g.IssuerInstance));
        var ending = isUnknown ? [] : known.Where(i => !i.IsUnknown).Select(i => (i.Iss, i.IssuerInstance));
        foreach (var (iss, instance) in byInstance.Select(g => g.Key).Union(ending))
        {
            await SaveAsync(
                iss,
                instance,
                s => s.Found([.. byInstance[(iss, instance)]], isUnknown ? null : sight, timeProvider.GetUtcNow()),
                cancellationToken
            );
        }

        // 4. Update the time in which gaps are unknown. It begins where a token of this batch can have been issued.
        if (isUnknown || known.Any(i => i.IsUnknown))
        {
            var since = new IssuanceGap(
                InstanceGaps.AnyIssuer,
                IssuanceGap.WholeIssuer,
                LookBack.Of(batch, parameters).From,
                To: null,
                Missing: null
            );
            await SaveAsync(
                since.Iss,
                since.IssuerInstance,
                s => isUnknown ? s.Found([since], sight: null, timeProvider.GetUtcNow()) : s.Known(sight, timeProvider.GetUtcNow()),
                cancellationToken
            );
        }

        return new(rows, unfinished);
    }

    /// <summary>Returns the gaps at a time: silences that have lasted too long end.</summary>
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
    /// Returns when silence is measured. Issuances continue to arrive while accesses settle, so it includes that time. Otherwise the
    /// first tokens of a new silence would be judged before it is long enough to count.
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

            // Raise the finding before saving the row: a saved row is never reported again.
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
        // A file that is still being written is no finding yet.
        var open = instance
            .Gaps.Where(g =>
                g.End is null && (g.To ?? now) + options.LateIssuance > now && !(instance.IsFile && g.To + options.SettleTime > now)
            )
            .ToList();
        return open.Count > 0
            ? findings.RaiseAsync(SweepFindings.Gap(instance, open), cancellationToken)
            : findings.CloseAsync(
                Finding.IdOf(FindingKinds.IssuanceGap, instance.About),
                (instance.Gaps is [.., var last] ? last.End : null) switch
                {
                    GapEnd.Over when instance.IsUnknown =>
                        "The query for gaps finishes again. Tokens of the unknown time without a logged issuance are still held back, and "
                            + "then reported.",
                    GapEnd.Closed when instance.IsUnknown => "The query for gaps finishes again, and has read the unknown time.",
                    GapEnd.Closed => "The missing lines have arrived, or none was missing.",
                    GapEnd.Over =>
                        "The issuer logs again. Tokens of the gap without a logged issuance are still held back, and then reported.",
                    GapEnd.Retired => "The instance was silent for so long that it counts as retired.",
                    _ => "The missing lines are no longer expected.",
                },
                cancellationToken
            );
    }
}
