using Rekey.Cli.Output;
using Rekey.Detections;
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
        var sightings = new List<Sighting>();
        foreach (var detection in request.Detections.Where(d => d is { Yields: DetectionRows.Tokens, IsLive: true }))
        {
            await foreach (var sighting in logs.DetectAsync(jti, detection, request.Parameters, cancellationToken))
            {
                sightings.Add(sighting);
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
                Readings = [new("issuances", logs.Issued), new("accesses", logs.Access)],
            },
            story
        );
    }
}
