using Rekey.Findings;
using Rekey.Functions.Hosting;
using Rekey.Sweeps;
using Rekey.Trust;

namespace Rekey.Functions.Sweeps;

/// <summary>Runs a sweep over token logs where they are configured. That it cannot run is one finding, not a failure at every
/// tick.</summary>
public sealed class TokenSweeper(
    IEnumerable<SweepTokens> configured, IFindings findings, Estate estate, TimeProvider clock, ILogger<TokenSweeper> log)
{
    private const string CannotRun = "sweep-cannot-run";

    /// <summary>How soon after a sweep another that is asked for would find nothing that has settled since.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    private readonly SweepTokens? _sweep = configured.FirstOrDefault();
    private readonly Lock _lock = new();
    private int _running;
    private DateTimeOffset? _endedAt;

    /// <summary>Runs one that was asked for. While one runs, or just ran, there is nothing to do: however many messages somebody sends, they are
    /// no more sweeps than that.</summary>
    public Task RunOnDemandAsync(CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_running > 0 || _endedAt + Rest > clock.GetUtcNow())
            {
                log.LogInformation("A sweep was asked for while one ran, or just ran.");
                return Task.CompletedTask;
            }

            _running++;
        }

        return RunCountedAsync(cancel);
    }

    /// <summary>Runs one.</summary>
    public Task RunAsync(CancellationToken cancel)
    {
        lock (_lock)
        {
            _running++;
        }

        return RunCountedAsync(cancel);
    }

    private async Task RunCountedAsync(CancellationToken cancel)
    {
        try
        {
            await SweepAsync(cancel);
        }
        finally
        {
            lock (_lock)
            {
                (_running, _endedAt) = (_running - 1, clock.GetUtcNow());
            }
        }
    }

    private async Task SweepAsync(CancellationToken cancel)
    {
        if (_sweep is null)
        {
            log.LogInformation("Tokens are not swept: no workspace is set under Azure:LogAnalytics, and no folders under LogFolder.");
            return;
        }

        try
        {
            var report = await _sweep.RunAsync(cancel);
            log.LogInformation("A sweep ended. Batches: {Batches}. Accesses: {Accesses}. Caught up: {IsCaughtUp}. Rows: {Rows}",
                report.Batches, report.Accesses, report.IsCaughtUp,
                string.Join(", ", report.Rows.Select(r => $"{r.Key} {r.Value}{(report.Quiet.Contains(r.Key) ? " (quiet)" : "")}")));
            foreach (var (detection, rows) in report.Rows)
            {
                Telemetry.Sightings.Add(rows, new("detection", detection), new("quiet", report.Quiet.Contains(detection)));
            }

            await findings.CloseAsync(Finding.IdOf(CannotRun, estate.Environment), "Sweeps run again.", cancel);
        }
        catch (CannotContinueException e)
        {
            // Not an input that could be laid aside: it would be the same at every tick, and people must see it once.
            log.LogError("A sweep cannot run. Reason: {Reason}. {Message} {Remedy}", e.Reason, e.Message, e.Remedy);
            await findings.RaiseAsync(new(CannotRun, estate.Environment, Severity.High, $"Tokens cannot be swept ({e.Reason}).", e.Remedy,
                new Dictionary<string, string>(StringComparer.Ordinal) { ["reason"] = e.Reason }, clock.GetUtcNow(),
                    clock.GetUtcNow()) { Milestone = e.Reason }, cancel);
        }
    }
}
