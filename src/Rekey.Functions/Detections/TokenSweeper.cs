using Rekey.Core;
using Rekey.Detections.Sweeps;
using Rekey.Findings;
using Rekey.Functions.Hosting.Monitoring;
using Rekey.Trust;

namespace Rekey.Functions.Detections;

/// <summary>Runs a sweep over token logs where they are configured. A sweep that cannot run raises one finding and does not fail at every
/// tick.</summary>
public sealed class TokenSweeper(
    IEnumerable<SweepTokens> configured,
    SweepTurns turns,
    IFindings findings,
    GovernedKeys governedKeys,
    TimeProvider timeProvider,
    ILogger<TokenSweeper> log
)
{
    private readonly SweepTokens? _sweep = configured.FirstOrDefault();

    /// <summary>Runs a sweep.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => turns.RunAsync(() => SweepAsync(cancellationToken));

    /// <summary>Runs a requested sweep, unless another requested sweep waits.</summary>
    public async Task RunOnDemandAsync(CancellationToken cancellationToken)
    {
        if (!await turns.TryRunAsync(() => SweepAsync(cancellationToken), cancellationToken))
        {
            log.LogInformation("A requested sweep is skipped: another requested sweep waits and covers the same logs.");
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (_sweep is null)
        {
            log.LogInformation("Token logs are not swept: set a workspace under Azure:LogAnalytics or folders under LogFolder.");
            return;
        }

        try
        {
            var report = await _sweep.RunAsync(cancellationToken);
            log.LogInformation(
                "A sweep ended. Batches: {Batches}. Accesses: {Accesses}. Caught up: {IsCaughtUp}. Rows: {Rows}",
                report.Batches,
                report.Accesses,
                report.IsCaughtUp,
                string.Join(", ", report.Rows.Select(r => $"{r.Key} {r.Value}{(report.Quiet.Contains(r.Key) ? " (quiet)" : "")}"))
            );
            foreach (var (detection, why) in report.Unfinished)
            {
                log.LogWarning("The detection {Detection} did not finish, and the sweep went on without it. {Why}", detection, why);
            }

            foreach (var (detection, rows) in report.Rows)
            {
                Telemetry.Sightings.Add(rows, new("detection", detection), new("quiet", report.Quiet.Contains(detection)));
            }

            await findings.CloseAsync(
                Finding.IdOf(FindingKinds.SweepCannotRun, governedKeys.Environment),
                "Sweeps run again.",
                cancellationToken
            );
        }
        catch (CannotContinueException e)
        {
            // Not a dead letter: the failure repeats at every tick, and people must see it once.
            log.LogError("A sweep cannot run. Reason: {Reason}. {Message} {Remedy}", e.Reason, e.Message, e.Remedy);
            await findings.RaiseAsync(
                new(
                    FindingKinds.SweepCannotRun,
                    governedKeys.Environment,
                    Severity.High,
                    $"Rekey cannot sweep token logs ({e.Reason}). It does not see forged tokens.",
                    e.Remedy,
                    new Dictionary<string, string>(StringComparer.Ordinal) { ["reason"] = e.Reason },
                    timeProvider.GetUtcNow(),
                    timeProvider.GetUtcNow()
                )
                {
                    Milestone = e.Reason,
                },
                cancellationToken
            );
        }
    }
}
