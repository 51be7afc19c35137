using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Gaps;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.Detections.Sweeps;

/// <summary>
/// Finds tokens that nobody issued among the log lines that arrived since the last sweep. It can be killed at any line and run again:
/// what it saves depends only on what it read, and a batch counts as judged only after everything is saved.
/// </summary>
public sealed class SweepTokens(
    ITokenLog log,
    IReadOnlyList<Detection> detections,
    ILedgerRecords<SweepState> states,
    RunLedger runs,
    IRecords<TokenCampaign> campaigns,
    TrustLedger trustLedger,
    GovernedKeys governedKeys,
    WatchGaps gaps,
    RecordSightings record,
    SettleCampaign settle,
    IFindings findings,
    SweepOptions options,
    TrustOptions trust,
    TimeProvider timeProvider
) : IDecisionHandler
{
    public IReadOnlyList<string> Kinds { get; } = [DecisionKinds.BlockTokens];

    /// <exception cref="RetryLaterException">The log engine, or a store, cannot be reached; completed work is saved. The error of a
    /// single campaign is thrown after the others are done.</exception>
    /// <exception cref="CannotContinueException">A service refused a request; the same applies.</exception>
    public async Task<SweepReport> RunAsync(CancellationToken cancellationToken)
    {
        // 1. Acquire the lease.
        if (await SweepLease.TakeAsync(states, options.Lease, timeProvider, cancellationToken) is not { } lease)
        {
            return new(0, IsCaughtUp: false, 0, new Dictionary<string, long>(StringComparer.Ordinal));
        }

        try
        {
            // 2. Settle earlier campaigns: issuances arrive late, holds expire, approvers answer.
            var until = timeProvider.GetUtcNow() + options.TimeBudget;
            var failures = new Failures();
            var unjudged = await SettleAllAsync(timeProvider.GetUtcNow() + (options.TimeBudget / 2), failures, cancellationToken);

            // 3. Judge batches until none is left or time runs out; at least one.
            var counts = new SweepCounts(detections);
            do
            {
                if (await log.NextAsync(cancellationToken) is not { } batch)
                {
                    await RecoverAsync(failures, cancellationToken);
                    await ProgressAsync(lease, isCaughtUp: true, cancellationToken);
                    failures.Throw();
                    return counts.Report(isCaughtUp: true);
                }

                await SweepAsync(batch, lease, counts, unjudged, until, failures, cancellationToken);
            } while (timeProvider.GetUtcNow() < until);
            failures.Throw();
            return counts.Report(isCaughtUp: false);
        }
        finally
        {
            await LetGoAsync(lease);
        }
    }

    public async Task CarryOutAsync(Decision decision, CancellationToken cancellationToken)
    {
        var failures = new Failures();
        await settle.RunAsync(decision.About, await ContextAsync(cancellationToken), mayWeighHeld: true, failures, cancellationToken);
        failures.Throw();
    }

    private async Task SweepAsync(
        SweepBatch batch,
        SweepLease lease,
        SweepCounts counts,
        IReadOnlySet<string> unjudged,
        DateTimeOffset until,
        Failures failures,
        CancellationToken cancellationToken
    )
    {
        // 1. Find gaps first: tokens that they may explain are not reported.
        var parameters = (await ContextAsync(cancellationToken)).Parameters;
        counts.Add(await gaps.RunAsync(detections, batch, parameters, cancellationToken));
        var context = await ContextAsync(cancellationToken);

        // 2. Record the rows of live detections.
        var touched = new HashSet<string>(StringComparer.Ordinal);
        var ofTokens = detections.Where(d => d.Yields is DetectionRows.Tokens).ToLookup(d => d.IsLive);
        foreach (var detection in ofTokens[true])
        {
            var rows = log.DetectAsync(detection, batch, parameters, cancellationToken);
            counts.Add(detection.Id, await record.RunAsync(rows, detection, context, touched, cancellationToken));
        }

        // 3. Report and respond. The next run retries failed steps from the saved campaign, so they block nothing.
        foreach (var campaign in touched)
        {
            await settle.RunAsync(campaign, context, mayWeighHeld: !unjudged.Contains(campaign), failures, cancellationToken);
        }

        await TellOfBadLinesAsync(batch, lease, cancellationToken);

        // 4. Count the rows of quiet detections.
        foreach (var detection in ofTokens[false])
        {
            await CountAsync(detection, batch, parameters, counts, until, cancellationToken);
        }

        // 5. Commit the batch last: it never comes again.
        await log.CompleteAsync(batch, cancellationToken);
        counts.Add(batch);
        await ProgressAsync(lease, isCaughtUp: false, cancellationToken);
    }

    /// <summary>Counts the rows of a quiet detection. If it fails, or the time is over, it holds up nothing.</summary>
    private async Task CountAsync(
        Detection detection,
        SweepBatch batch,
        SweepParameters parameters,
        SweepCounts counts,
        DateTimeOffset until,
        CancellationToken cancellationToken
    )
    {
        var left = until - timeProvider.GetUtcNow();
        using var late = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            counts.Add(detection.Id, await log.DetectAsync(detection, batch, parameters, either.Token).LongCountAsync(either.Token));
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            counts.Unfinished(detection.Id, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            counts.Unfinished(detection.Id, "The time of the sweep was over.");
        }
    }

    /// <summary>Settles every active campaign, in a different order each time, so that time does not always run out for the same
    /// one.</summary>
    /// <returns>The campaigns whose verdicts could not be checked again.</returns>
    private async Task<IReadOnlySet<string>> SettleAllAsync(DateTimeOffset until, Failures failures, CancellationToken cancellationToken)
    {
        var unjudged = new HashSet<string>(StringComparer.Ordinal);
        var context = await ContextAsync(cancellationToken);
        var now = timeProvider.GetUtcNow();
        var active = await campaigns
            .ListAsync(TokenCampaign.All, cancellationToken)
            .Select(c => c.Value)
            .Where(c => c.IsActive)
            .ToListAsync(cancellationToken);
        foreach (
            var campaign in active
                .OrderBy(c => StableId.Of(c.Id, now.ToString("O")), StringComparer.Ordinal)
                .TakeWhile((_, n) => n == 0 || timeProvider.GetUtcNow() < until)
        )
        {
            await failures.TryAsync(async () =>
            {
                var moved = new HashSet<string>(StringComparer.Ordinal);
                if (!await settle.JudgeAgainAsync(campaign.Id, until, context, moved, failures, cancellationToken))
                {
                    unjudged.Add(campaign.Id);
                }

                foreach (var other in moved)
                {
                    await settle.RunAsync(other, context, mayWeighHeld: !unjudged.Contains(other), failures, cancellationToken);
                }
            });
        }

        return unjudged;
    }

    /// <summary>Marks lost campaigns as read again: every log line was read, so the tokens in the logs were found again.</summary>
    private async Task RecoverAsync(Failures failures, CancellationToken cancellationToken)
    {
        foreach (
            var campaign in await campaigns
                .ListAsync(TokenCampaign.All, cancellationToken)
                .Select(c => c.Value)
                .Where(c => c.LostAt is not null)
                .ToListAsync(cancellationToken)
        )
        {
            var context = await ContextAsync(cancellationToken);
            await failures.TryAsync(() => settle.RecoverAsync(campaign.Id, context, failures, cancellationToken));
        }
    }

    private async Task<SweepContext> ContextAsync(CancellationToken cancellationToken)
    {
        var windows = SweepWindows.Of(await trustLedger.ReadAsync(cancellationToken), governedKeys, trust);
        return new(detections, windows, options.ToParameters(trust, windows.Windows), await gaps.AgeAsync(cancellationToken));
    }

    private async Task ProgressAsync(SweepLease lease, bool isCaughtUp, CancellationToken cancellationToken)
    {
        await runs.RanAsync(RunLedger.Sweeps, [], cancellationToken);
        await lease.SaveAsync(
            s => s with { ProgressAt = timeProvider.GetUtcNow(), CaughtUpAt = isCaughtUp ? timeProvider.GetUtcNow() : s.CaughtUpAt },
            cancellationToken
        );
    }

    private async Task TellOfBadLinesAsync(SweepBatch batch, SweepLease lease, CancellationToken cancellationToken)
    {
        if (batch.BadLines == 0)
        {
            return;
        }

        if (lease.State.CountedBatch != batch.CountedAs)
        {
            await lease.SaveAsync(
                s => s with { BadLines = s.BadLines + batch.BadLines, CountedBatch = batch.CountedAs },
                cancellationToken
            );
        }

        await findings.RaiseAsync(
            SweepFindings.BadLines(governedKeys.Environment, lease.State.BadLines, timeProvider.GetUtcNow()),
            cancellationToken
        );
    }

    private static async Task LetGoAsync(SweepLease lease)
    {
        try
        {
            // Release it even after cancellation: otherwise the next run waits until the lease expires.
            await lease.ReleaseAsync(CancellationToken.None);
        }
        catch (RetryLaterException)
        {
            // The lease expires.
        }
    }
}
