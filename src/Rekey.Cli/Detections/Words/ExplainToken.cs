using Rekey.Cli.Output;
using Rekey.Detections;
using Rekey.Detections.Gaps;
using Rekey.DuckDb.Files;

namespace Rekey.Cli.Detections.Words;

/// <summary>Explains the verdicts of one <c>jti</c> from its issuances and accesses.</summary>
internal sealed class ExplainToken(ProgressLines progress)
{
    public async Task<(Explanation Explanation, TokenHistory Story)> RunAsync(
        SweepRequest request,
        string jti,
        CancellationToken cancellationToken
    )
    {
        await using var logs = await LogFiles.OpenAsync(request.Input, request.Engine, new EngineProgress(progress), cancellationToken);
        progress.Done($"{logs.Issued.Rows:N0} issuances, {logs.Access.Rows:N0} accesses read.");
        await ReadableOrNot.CheckAsync(request.Input, logs, cancellationToken);
        var story = await logs.ExplainAsync(jti, cancellationToken);
        var (gaps, sightings) = (new List<IssuanceGap>(), new List<Sighting>());
        foreach (var detection in request.Detections.Where(d => d is { Yields: DetectionRows.Gaps, IsLive: true }))
        {
            gaps.AddRange(await logs.FindGapsAsync(detection, request.Parameters, cancellationToken).ToListAsync(cancellationToken));
        }

        foreach (var detection in request.Detections.Where(d => d is { Yields: DetectionRows.Tokens, IsLive: true }))
        {
            await foreach (var found in logs.DetectAsync(jti, detection, request.Parameters, cancellationToken))
            {
                sightings.Add(IssuanceGap.Weigh(found, gaps, request.Parameters));
            }
        }

        progress.Clear();
        return (
            new(
                jti,
                [.. story.Issuances.Select(LogRows.ToIssuance)],
                [.. story.Accesses.Select(LogRows.ToAccess)],
                [.. sightings.Distinct()],
                request.Parameters
            )
            {
                Gaps = [.. gaps.Distinct().Where(g => sightings.Exists(s => g.MayHide(s, request.Parameters)))],
                Readings = [new("issuances", logs.Issued), new("accesses", logs.Access)],
            },
            story
        );
    }
}
