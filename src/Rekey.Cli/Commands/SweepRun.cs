using Rekey.Cli.Detections;
using Rekey.Cli.Detections.Words;
using Rekey.Cli.Mapping;
using Rekey.Cli.Output;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Mapping;

namespace Rekey.Cli.Commands;

/// <summary>Runs <c>rekey sweep</c>. The result goes to standard output or a file, messages go to standard error.</summary>
internal sealed class SweepRun(TextWriter output, TextWriter error, ProgressLines progress, CancellationToken cancellationToken)
{
    public async Task<int> SweepAsync(SweepRequest request, SweepFormat format, string? file)
    {
        SweepResult report;
        await using (var target = OutputFile.Open(file, request.Has))
        {
            report = await WriteAsync(request, format, target);
            target.Keep();
        }

        if (file is not null)
        {
            var found =
                report.Tallies.FoundForgery ? "Forged tokens were found"
                : report.Tallies.Unsure is { Tokens: > 0 } unsure ? $"{unsure.Tokens} token(s) look forged, but may have been issued"
                : report.IsPartial ? "No forged token was found in what could be read"
                : "No forged token was found";
            await error.WriteLineAsync($"{found}: {report.Tallies.Campaigns.Count} campaign(s) written to {PlainText.Of(file)}.");
        }

        // The table itself has them; other formats are often read by programs only, so people get them on standard error too.
        foreach (
            var words in format is SweepFormat.Table && file is null
                ? []
                : report.Warnings.Select(w => $"warning: {w}").Concat(report.Quiet.Select(q => q.InWords()))
        )
        {
            await error.WriteLineAsync(PlainText.Of(words));
        }

        return report.Tallies.FoundForgery ? Outcome.FoundForgery
            : report.IsPartial ? Outcome.Failed
            : Outcome.Clean;
    }

    public async Task<int> ExplainAsync(SweepRequest request, string jti)
    {
        var (explanation, story) = await new ExplainToken(progress).RunAsync(request, jti, cancellationToken);
        ExplainOutput.Write(output, !Console.IsOutputRedirected, explanation, story);
        var isUnknown = explanation is { Issuances.Count: 0, Accesses.Count: 0 };
        if (isUnknown)
        {
            await error.WriteLineAsync($"error: No line of these logs has the jti '{PlainText.Of(jti)}'.");
            await error.WriteLineAsync("  Copy a jti from the result of the sweep: capital letters and small ones differ.");
        }

        foreach (var words in explanation.Warnings)
        {
            await error.WriteLineAsync($"warning: {PlainText.Of(words)}");
        }

        return explanation.FoundForgery ? Outcome.FoundForgery
            : isUnknown || explanation.IsPartial ? Outcome.Failed
            : Outcome.Clean;
    }

    public async Task<int> SuggestMapAsync(LogFilesInput input, LogPresets presets, Func<string, bool> isInput, string? file)
    {
        var (json, doubts) = await Task.Run(
            () =>
                SuggestedMap.Of(
                    LogSample.Read(input.Issued, new(), input.StandardInput, cancellationToken),
                    LogSample.Read(input.Access, new(), input.StandardInput, cancellationToken),
                    presets
                ),
            cancellationToken
        );
        await using (var target = OutputFile.Open(file, input.Has))
        {
            await using var text = new StreamWriter(target.Stream, leaveOpen: true);
            await text.WriteLineAsync(json);
            target.Keep();
        }

        foreach (var doubt in doubts)
        {
            await error.WriteLineAsync($"warning: {PlainText.Of(doubt)}");
        }

        return Outcome.Clean;
    }

    private async Task<SweepResult> WriteAsync(SweepRequest request, SweepFormat format, OutputFile target)
    {
        var sweep = new FileSweep(progress, TimeProvider.System);
        if (format is SweepFormat.Json or SweepFormat.Ndjson)
        {
            using var json = new JsonOutput(target.Stream, isLines: format is SweepFormat.Ndjson);
            var report = await sweep.RunAsync(request, json.Write, cancellationToken);
            json.Complete(report);
            return report;
        }

        var whole = await sweep.RunAsync(request, each: null, cancellationToken);
        if (format is SweepFormat.Sarif)
        {
            SarifOutput.Write(target.Stream, whole);
            return whole;
        }

        await using var text = new StreamWriter(target.Stream, leaveOpen: true);
        if (format is SweepFormat.Ocsf)
        {
            OcsfOutput.Write(text, whole);
        }
        else
        {
            TableOutput.Write(text, target.IsTerminal, whole);
        }

        return whole;
    }
}
