using Rekey.Cli.Output;
using Rekey.Core;
using Rekey.Detections;
using Rekey.Detections.Gaps;
using Rekey.DuckDb.Files;

namespace Rekey.Cli.Detections;

/// <summary>Judges log files once, as one batch.</summary>
internal sealed class FileSweep(ProgressLines progress, TimeProvider timeProvider)
{
    /// <param name="each">Receives every row of every live detection, without duplicates.</param>
    /// <exception cref="CannotContinueException">Files are missing, or contain no readable line.</exception>
    public async Task<SweepResult> RunAsync(SweepRequest request, Action<Sighting>? each, CancellationToken cancellationToken)
    {
        // 1. Read the files.
        await using var logs = await LogFiles.OpenAsync(request.Input, request.Engine, new EngineProgress(progress), cancellationToken);
        progress.Done(
            $"{logs.Issued.Rows:N0} issuances in {logs.Issued.Files:N0} file(s), {logs.Access.Rows:N0} accesses in "
                + $"{logs.Access.Files:N0} file(s) read{Filtered(logs.Issued.Filtered + logs.Access.Filtered)}."
        );
        await ReadableOrNot.CheckAsync(request.Input, logs, cancellationToken);

        // 2. Find gaps in the issuers' logs, which may explain unissued tokens.
        var (detections, gaps, quiet) = (request.Detections, new List<IssuanceGap>(), new List<QuietCount>());
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

        // 3. Run every token detection, row by row: report live ones, count quiet ones.
        var (tallies, distinct) = (new SweepTallies(request.Parameters.Windows), new DistinctVerdictRows(request.Detections));
        foreach (var detection in detections.Where(d => d.Yields is DetectionRows.Tokens))
        {
            var (counted, rows) = (new Tally(), 0L);
            await foreach (var found in logs.DetectAsync(detection, request.Parameters, cancellationToken))
            {
                var sighting = IssuanceGap.Weigh(found, gaps, request.Parameters);
                if (!detection.IsLive)
                {
                    counted.Add(sighting);
                    rows++;
                }
                else
                {
                    var isNew = distinct.IsNew(sighting);
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

        // 4. Find issuers whose keys were not judged.
        var windowed = request.Parameters.Windows.Select(w => w.Iss).ToHashSet(StringComparer.Ordinal);
        var issuers = (await logs.IssuersAsync(windowed, cancellationToken)).ToLookup(windowed.Contains);

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
            Judged = issuers[true].Count(),
            NotJudged = [.. issuers[false]],
        };
    }

    private static string Filtered(long lines) => lines > 0 ? $"; the map took out {lines:N0} other line(s)" : "";
}
