using Rekey.Core;
using Rekey.Detections.Sweeps;
using Rekey.Findings;
using Rekey.Functions.Hosting.Monitoring;
using Rekey.Trust;

namespace Rekey.Functions.Detections;

/// <summary>Runs a sweep over token logs where they are configured. That it cannot run is one finding, not a failure at every
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

    /// <summary>Runs one that was asked for, unless one that was asked for before waits to run.</summary>
    public async Task RunOnDemandAsync(CancellationToken cancellationToken)
    {
        if (!await turns.TryRunAsync(() => SweepAsync(cancellationToken), cancellationToken))
        {
            log.LogInformation("A sweep was asked for while another one that was asked for waits: that one will do.");
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (_sweep is null)
        {
            log.LogInformation("Tokens are not swept: no workspace is set under Azure:LogAnalytics, and no folders under LogFolder.");
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
            // Not an input that could be laid aside: it would be the same at every tick, and people must see it once.
            log.LogError("A sweep cannot run. Reason: {Reason}. {Message} {Remedy}", e.Reason, e.Message, e.Remedy);
            await findings.RaiseAsync(
                new(
                    FindingKinds.SweepCannotRun,
                    governedKeys.Environment,
                    Severity.High,
                    $"Tokens cannot be swept ({e.Reason}).",
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
