using Rekey.Cli.Output;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Gaps;
using Rekey.DuckDb.Files;

namespace Rekey.Cli.Detections;

/// <summary>Judges log files once, all of them as one batch.</summary>
internal sealed class FileSweep(ProgressLines progress, TimeProvider timeProvider)
{
    /// <param name="each">Told every row of every live detection; where several yield the same one, once.</param>
    /// <exception cref="CannotContinueException">Files are not there, or nothing in them can be read.</exception>
    public async Task<SweepResult> RunAsync(SweepRequest request, Action<Sighting>? each, CancellationToken cancellationToken)
    {
        // 1. Read what can be read.
        await using var logs = await LogFiles.OpenAsync(request.Input, request.Engine, new EngineProgress(progress), cancellationToken);
        progress.Done(
            $"{logs.Issued.Rows:N0} issuances in {logs.Issued.Files:N0} file(s), {logs.Access.Rows:N0} accesses in "
                + $"{logs.Access.Files:N0} file(s) read."
        );
        await ReadableOrNot.CheckAsync(request.Input, logs, cancellationToken);

        // 2. Every detection of tokens, row by row: live ones are told, quiet ones counted.
        var (detections, tallies, quiet, told) = (
            request.Detections,
            new SweepTallies(request.Parameters.Windows),
            new List<QuietCount>(),
            new DistinctVerdictRows(request.Detections)
        );
        foreach (var detection in detections.Where(d => d.Yields is DetectionRows.Tokens))
        {
            var (counted, rows) = (new Tally(), 0L);
            await foreach (var sighting in logs.DetectAsync(detection, request.Parameters, cancellationToken))
            {
                if (!detection.IsLive)
                {
                    counted.Add(sighting);
                    rows++;
                }
                else
                {
                    var isNew = told.IsNew(sighting);
                    tallies.Add(sighting, detection.SeverityOf(sighting.Verdict), isNew);
                    if (isNew)
                    {
                        each?.Invoke(sighting);
                    }
                }
            }

            if (!detection.IsLive)
            {
                quiet.Add(new(detection, rows, counted.Tokens, counted.Accesses));
            }
        }

        // 3. Holes in the issuers' logs, which may explain what is unissued.
        var gaps = new List<IssuanceGap>();
        foreach (var detection in detections.Where(d => d.Yields is DetectionRows.Gaps))
        {
            var found = await logs.FindGapsAsync(detection, request.Parameters, cancellationToken).ToListAsync(cancellationToken);
            if (detection.IsLive)
            {
                gaps.AddRange(found);
            }
            else
            {
                quiet.Add(new(detection, found.Count, 0, 0));
            }
        }

        progress.Done("Judged.");
        return new(
            request.Input.Issued,
            request.Input.Access,
            logs.Issued.Rows,
            logs.Access.Rows,
            [new("issuances", logs.Issued), new("accesses", logs.Access)],
            [
                .. gaps.Distinct()
                    .OrderBy(g => g.Iss, StringComparer.Ordinal)
                    .ThenBy(g => g.IssuerInstance, StringComparer.Ordinal)
                    .ThenBy(g => g.From),
            ],
            detections,
            tallies,
            request.Parameters.Windows,
            timeProvider.GetUtcNow()
        )
        {
            Quiet = quiet,
        };
    }
}
