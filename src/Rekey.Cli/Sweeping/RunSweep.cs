using Rekey.DuckDb;
using Rekey.Sweeps;

namespace Rekey.Cli.Sweeping;

/// <summary>Judges log files once, all of them as one batch.</summary>
internal sealed class RunSweep(ProgressLines progress, TimeProvider time)
{
    /// <param name="each">Told every row of every detection.</param>
    /// <exception cref="CannotContinueException">Files are not there, or nothing in them can be read.</exception>
    public async Task<SweepResult> RunAsync(SweepRequest request, Action<Sighting>? each, CancellationToken cancel)
    {
        // 1. Read what can be read.
        await using var logs = await LogFiles.OpenAsync(request.Input, request.Engine, new EngineProgress(progress), cancel);
        progress.Done($"{logs.Issued.Rows:N0} issuances in {logs.Issued.Files:N0} file(s), {logs.Access.Rows:N0} accesses in {logs.Access.Files:N0} file(s) read.");
        await ReadableOrNot.CheckAsync(request.Input, logs, cancel);

        // 2. Every detection of tokens, row by row.
        var (detections, tallies) = (DetectionCatalog.Load(), new SweepTallies());
        foreach (var detection in detections.Where(d => d.Yields is DetectionRows.Tokens))
        {
            await foreach (var sighting in logs.DetectAsync(detection, request.Parameters, cancel))
            {
                tallies.Add(sighting);
                each?.Invoke(sighting);
            }
        }

        // 3. Holes in the issuers' logs, which may explain what is unissued.
        var gaps = new List<IssuanceGap>();
        foreach (var detection in detections.Where(d => d.Yields is DetectionRows.Gaps))
        {
            await foreach (var gap in logs.FindGapsAsync(detection, request.Parameters, cancel))
            {
                gaps.Add(gap);
            }
        }

        progress.Done("Judged.");
        return new(request.Input.Issued, request.Input.Access, logs.Issued.Rows, logs.Access.Rows, [new("issuances", logs.Issued), new("accesses", logs.Access)],
            [.. gaps.OrderBy(g => g.Iss, StringComparer.Ordinal).ThenBy(g => g.IssuerInstance, StringComparer.Ordinal).ThenBy(g => g.From)],
            detections, tallies, request.Parameters.Windows.Count > 0, time.GetUtcNow());
    }
}
