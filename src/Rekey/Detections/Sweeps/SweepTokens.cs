using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Detections.Sweeps.Steps;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;

namespace Rekey.Detections.Sweeps;

/// <summary>
/// Finds tokens that nobody issued among the log lines that arrived since the last sweep. It can be killed at any line and run again:
/// what it saves depends only on what it read, and a batch counts as judged only after everything is saved.
/// </summary>
public sealed class SweepTokens(
    ITokenLog log,
    ILedgerRecords<SweepState> states,
    RunLedger runs,
    JudgeBatch judge,
    SettleCampaigns settle,
    SweepOptions options,
    TimeProvider timeProvider
) : IDecisionHandler
{
    public IReadOnlyList<string> Kinds { get; } = [DecisionKinds.BlockTokens];

    /// <exception cref="RetryLaterException">The log engine, or a store, cannot be reached; completed work is saved. The error of a
    /// single campaign is thrown after the others are done.</exception>
    /// <exception cref="CannotContinueException">A service refused a request; the same applies.</exception>
    public async Task<SweepReport> RunAsync(CancellationToken cancellationToken)
    {
        // 1. Acquire the lease. It saves work, and correctness does not depend on it: findings have deterministic ids, rows change under
        // their ETag, and two processes judge a batch the same way.
        var lease = await LeaseAsync(cancellationToken)
            ?? (await states.InsertAsync(new(), cancellationToken) is null ? null : await LeaseAsync(cancellationToken));
        if (lease is null)
        {
            return new(0, IsCaughtUp: false, 0, new Dictionary<string, long>(StringComparer.Ordinal));
        }

        try
        {
            // 2. Settle earlier campaigns: issuances arrive late, holds expire, approvers answer.
            var until = timeProvider.GetUtcNow() + options.TimeBudget;
            var failures = new Failures();
            var unjudged = await settle.RunAsync(timeProvider.GetUtcNow() + (options.TimeBudget / 2), failures, cancellationToken);

            // 3. Judge batches until none is left or time runs out; at least one.
            var counts = judge.Count();
            do
            {
                if (await log.NextAsync(cancellationToken) is not { } batch)
                {
                    await settle.RecoverAsync(failures, cancellationToken);
                    await ProgressAsync(lease, isCaughtUp: true, cancellationToken);
                    failures.Throw();
                    return counts.Report(isCaughtUp: true);
                }

                await judge.RunAsync(batch, lease, counts, unjudged, until, failures, cancellationToken);
                await ProgressAsync(lease, isCaughtUp: false, cancellationToken);
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
        await settle.RunAsync(decision.About, failures, cancellationToken);
        failures.Throw();
    }

    private Task<Lease<SweepState>?> LeaseAsync(CancellationToken cancellationToken) =>
        states.LeaseAsync(
            SweepState.Name,
            SweepState.Only,
            s => s.Bounded(options.Lease, timeProvider.GetUtcNow()),
            options.Lease,
            timeProvider,
            cancellationToken
        );

    private async Task ProgressAsync(Lease<SweepState> lease, bool isCaughtUp, CancellationToken cancellationToken)
    {
        await runs.RanAsync(RunLedger.Sweeps, [], cancellationToken);
        await lease.SaveAsync(
            s => s with { ProgressAt = timeProvider.GetUtcNow(), CaughtUpAt = isCaughtUp ? timeProvider.GetUtcNow() : s.CaughtUpAt },
            cancellationToken
        );
    }

    private static async Task LetGoAsync(Lease<SweepState> lease)
    {
        try
        {
            // Release it even after cancellation: otherwise the next run waits until the lease expires.
            await lease.ReleaseAsync(s => s, CancellationToken.None);
        }
        catch (RetryLaterException)
        {
            // The lease expires.
        }
    }
}
