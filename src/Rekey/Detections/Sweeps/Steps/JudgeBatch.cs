using Rekey.Core;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Gaps;
using Rekey.Findings;
using Rekey.Ledgers.Records;

namespace Rekey.Detections.Sweeps.Steps;

/// <summary>Judges a batch of log lines: it finds gaps, records sightings, and settles the campaigns that they touch.</summary>
public sealed class JudgeBatch(
    ITokenLog log,
    SweepContexts contexts,
    WatchGaps gaps,
    RecordSightings record,
    SettleCampaign settle,
    IFindings findings,
    TimeProvider timeProvider
)
{
    /// <summary>Starts to count the rows of a sweep.</summary>
    internal SweepCounts Count() => new(contexts.Detections);

    /// <summary>Judges one batch and marks it as judged.</summary>
    /// <param name="counts">Receives the number of rows.</param>
    /// <param name="unjudged">The campaigns whose verdicts could not be checked again: their held tokens stay held.</param>
    /// <param name="until">When to stop counting the rows of quiet detections.</param>
    /// <param name="failures">Collects failed responses, which the next run retries.</param>
    internal async Task RunAsync(
        SweepBatch batch,
        Lease<SweepState> lease,
        SweepCounts counts,
        IReadOnlySet<string> unjudged,
        DateTimeOffset until,
        Failures failures,
        CancellationToken cancellationToken
    )
    {
        // 1. Find gaps first: tokens that they may explain are not reported.
        var parameters = (await contexts.ReadAsync(cancellationToken)).Parameters;
        counts.Add(await gaps.RunAsync(contexts.Detections, batch, parameters, cancellationToken));
        var context = await contexts.ReadAsync(cancellationToken);

        // 2. Record the rows of live detections.
        var touched = new HashSet<string>(StringComparer.Ordinal);
        var ofTokens = contexts.Detections.Where(d => d.Yields is DetectionRows.Tokens).ToLookup(d => d.IsLive);
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

        await ReportBadLinesAsync(batch, lease, cancellationToken);

        // 4. Count the rows of quiet detections.
        foreach (var detection in ofTokens[false])
        {
            await CountAsync(detection, batch, parameters, counts, until, cancellationToken);
        }

        // 5. Commit the batch last: it never comes again.
        await log.CompleteAsync(batch, cancellationToken);
        counts.Add(batch);
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

    private async Task ReportBadLinesAsync(SweepBatch batch, Lease<SweepState> lease, CancellationToken cancellationToken)
    {
        if (batch.BadLines == 0)
        {
            return;
        }

        if (lease.Value.CountedBatch != batch.CountedAs)
        {
            await lease.SaveAsync(
                s => s with { BadLines = s.BadLines + batch.BadLines, CountedBatch = batch.CountedAs },
                cancellationToken
            );
        }

        await findings.RaiseAsync(
            SweepFindings.BadLines(contexts.Environment, lease.Value.BadLines, timeProvider.GetUtcNow()),
            cancellationToken
        );
    }
}
