using Rekey.Decisions;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Trust;

namespace Rekey.Sweeps;

/// <summary>
/// Looks for tokens that nobody issued, in what has arrived since the last sweep. It may be killed at any line and run again: what it saves is a function of
/// what it saw, and a batch counts as judged only after all of that is saved.
/// </summary>
public sealed class SweepTokens(ITokenLog log, IReadOnlyList<Detection> detections, ILedgerRecords<SweepState> states, RunLedger runs, IRecords<TokenCampaign> campaigns, TrustLedger trustLedger, Estate estate,
    WatchGaps gaps, RecordSightings record, SettleCampaign settle, IFindings findings, SweepOptions options, TrustOptions trust, TimeProvider clock)
    : IDecisionHandler
{
    public IReadOnlyList<string> Kinds { get; } = [DecisionKinds.BlockTokens];

    /// <exception cref="RetryLaterException">The log engine, or a store, cannot be reached; what was done is saved. One campaign that cannot be settled is thrown when all else is done.</exception>
    /// <exception cref="CannotContinueException">Something was refused; the same holds.</exception>
    public async Task<SweepReport> RunAsync(CancellationToken cancel)
    {
        // 1. Alone with it.
        if (await SweepLease.TakeAsync(states, options.Lease, clock, cancel) is not { } lease)
        {
            return new(0, IsCaughtUp: false, 0, new Dictionary<string, long>(StringComparer.Ordinal));
        }

        try
        {
            // 2. What was found before: issuances arrive late, holds run out, approvers answer.
            var until = clock.GetUtcNow() + options.TimeBudget;
            var failures = new Failures();
            var unjudged = await SettleAllAsync(clock.GetUtcNow() + (options.TimeBudget / 2), failures, cancel);

            // 3. Batch after batch, until nothing is left or time is up. There is always one.
            var counts = new SweepCounts(detections);
            do
            {
                if (await log.NextAsync(cancel) is not { } batch)
                {
                    await RecoverAsync(failures, cancel);
                    await ProgressAsync(lease, isCaughtUp: true, cancel);
                    failures.Throw();
                    return counts.Report(isCaughtUp: true);
                }

                await SweepAsync(batch, lease, counts, unjudged, failures, cancel);
            }
            while (clock.GetUtcNow() < until);
            failures.Throw();
            return counts.Report(isCaughtUp: false);
        }
        finally
        {
            await LetGoAsync(lease);
        }
    }

    public async Task CarryOutAsync(Decision decision, CancellationToken cancel)
    {
        var failures = new Failures();
        await settle.RunAsync(decision.About, await ContextAsync(cancel), mayWeighHeld: true, failures, cancel);
        failures.Throw();
    }

    private async Task SweepAsync(SweepBatch batch, SweepLease lease, SweepCounts counts, IReadOnlySet<string> unjudged, Failures failures, CancellationToken cancel)
    {
        // 1. Gaps first: what they may explain is not told to anybody.
        var parameters = (await ContextAsync(cancel)).Parameters;
        foreach (var (gapDetection, found) in await gaps.RunAsync(detections, batch, parameters, cancel))
        {
            counts.Add(gapDetection, found);
        }

        var context = await ContextAsync(cancel);

        // 2. Live detections are recorded, quiet ones counted.
        var touched = new HashSet<string>(StringComparer.Ordinal);
        foreach (var detection in detections.Where(d => d.Yields is DetectionRows.Tokens))
        {
            var rows = log.DetectAsync(detection, batch, parameters, cancel);
            counts.Add(detection.Id, detection.IsLive ? await record.RunAsync(rows, detection, context, touched, cancel) : await rows.LongCountAsync(cancel));
        }

        // 3. Told, and acted on. What cannot be done now is done from the saved campaign by the next run, and holds nothing up.
        foreach (var campaign in touched)
        {
            await settle.RunAsync(campaign, context, mayWeighHeld: !unjudged.Contains(campaign), failures, cancel);
        }

        await TellOfBadLinesAsync(batch, lease, cancel);

        // 4. Only now: this batch never comes again.
        await log.CompleteAsync(batch, cancel);
        counts.Add(batch);
        await ProgressAsync(lease, isCaughtUp: false, cancel);
    }

    /// <summary>Every campaign in which something may still change, in another order each time: none is always the one that time runs out for.</summary>
    /// <returns>Those whose verdicts could not be asked about again.</returns>
    private async Task<IReadOnlySet<string>> SettleAllAsync(DateTimeOffset until, Failures failures, CancellationToken cancel)
    {
        var unjudged = new HashSet<string>(StringComparer.Ordinal);
        var context = await ContextAsync(cancel);
        var now = clock.GetUtcNow();
        var active = await campaigns.ListAsync(TokenCampaign.All, cancel).Select(c => c.Value).Where(c => c.IsActive).ToListAsync(cancel);
        foreach (var campaign in active.OrderBy(c => StableId.Of(c.Id, now.ToString("O")), StringComparer.Ordinal).TakeWhile((_, n) => n == 0 || clock.GetUtcNow() < until))
        {
            await failures.TryAsync(async () =>
            {
                var moved = new HashSet<string>(StringComparer.Ordinal);
                if (!await settle.JudgeAgainAsync(campaign.Id, until, context, moved, failures, cancel))
                {
                    unjudged.Add(campaign.Id);
                }

                foreach (var other in moved)
                {
                    await settle.RunAsync(other, context, mayWeighHeld: !unjudged.Contains(other), failures, cancel);
                }
            });
        }

        return unjudged;
    }

    /// <summary>Everything has been read: what was lost of a campaign and is in the logs was found again.</summary>
    private async Task RecoverAsync(Failures failures, CancellationToken cancel)
    {
        foreach (var campaign in await campaigns.ListAsync(TokenCampaign.All, cancel).Select(c => c.Value).Where(c => c.LostAt is not null).ToListAsync(cancel))
        {
            var context = await ContextAsync(cancel);
            await failures.TryAsync(() => settle.RecoverAsync(campaign.Id, context, failures, cancel));
        }
    }

    private async Task<SweepContext> ContextAsync(CancellationToken cancel)
    {
        var windows = SweepWindows.Of(await trustLedger.ReadAsync(cancel), estate, trust);
        return new(detections, windows, options.ToParameters(trust, windows.Windows), await gaps.AgeAsync(cancel));
    }

    private async Task ProgressAsync(SweepLease lease, bool isCaughtUp, CancellationToken cancel)
    {
        await runs.RanAsync(RunLedger.Sweeps, [], cancel);
        await lease.SaveAsync(s => s with { ProgressAt = clock.GetUtcNow(), CaughtUpAt = isCaughtUp ? clock.GetUtcNow() : s.CaughtUpAt }, cancel);
    }

    private async Task TellOfBadLinesAsync(SweepBatch batch, SweepLease lease, CancellationToken cancel)
    {
        if (batch.BadLines == 0)
        {
            return;
        }

        if (lease.State.CountedBatch != batch.CountedAs)
        {
            await lease.SaveAsync(s => s with { BadLines = s.BadLines + batch.BadLines, CountedBatch = batch.CountedAs }, cancel);
        }

        await findings.RaiseAsync(SweepFindings.BadLines(estate.Environment, lease.State.BadLines, clock.GetUtcNow()), cancel);
    }

    private static async Task LetGoAsync(SweepLease lease)
    {
        try
        {
            // Also when the run was cancelled: the next would wait for the lease to run out.
            await lease.ReleaseAsync(CancellationToken.None);
        }
        catch (RetryLaterException)
        {
            // It runs out by itself.
        }
    }
}
