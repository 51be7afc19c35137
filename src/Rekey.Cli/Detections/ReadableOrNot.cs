using Rekey.Cli.Mapping;
using Rekey.Core;
using Rekey.Detections;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Intake;

namespace Rekey.Cli.Detections;

/// <summary>Stops a sweep that would mislead: without issuances every token looks forged, without accesses none does.</summary>
internal static class ReadableOrNot
{
    /// <exception cref="CannotContinueException">A stream has no row that can be judged. The message lists the columns that were seen,
    /// and the remedy.</exception>
    public static async Task CheckAsync(LogFilesInput input, LogFiles logs, CancellationToken cancellationToken)
    {
        await CheckAsync("--issued", input, input.Issued, LogViews.TokenIssuance, logs.Issued, cancellationToken);
        await CheckAsync("--access", input, input.Access, LogViews.GatewayAccess, logs.Access, cancellationToken);
    }

    private static async Task CheckAsync(
        string option,
        LogFilesInput input,
        IReadOnlyList<string> paths,
        IReadOnlyList<ViewColumn> columns,
        LogReading reading,
        CancellationToken cancellationToken
    )
    {
        if (reading.Rows > 0)
        {
            return;
        }

        var named = string.Join(" ", paths);
        if (reading is { BadLines: 0, Filtered: > 0 })
        {
            throw new CannotContinueException(
                "no-log-lines",
                $"{option} {named}: the conditions of the map (where) take out all {reading.Filtered:N0} line(s).",
                "Correct where in the mapping file; docs/maps.md describes it."
            );
        }

        if (reading.BadLines == 0)
        {
            var passedOver =
                reading.PassedOver.Count > 0
                    ? $" {reading.PassedOver.Count:N0} file(s) or folder(s) were not read, such as {reading.PassedOver[0].Path} "
                        + $"({reading.PassedOver[0].Reason})."
                    : "";
            throw new CannotContinueException(
                "no-log-lines",
                $"{option} {named}: it contains no log line.{passedOver}",
                "Give files or folders with NDJSON (.ndjson, .jsonl, .json), CSV (.csv) or Parquet (.parquet) files, plain or with "
                    + ".gz or .zst."
            );
        }

        var sample = await Task.Run(
            () => LogSample.Read(paths, new(), input.StandardInput, cancellationToken).FirstOrDefault(s => s.Rows.Count > 0),
            cancellationToken
        );
        var seen = sample is null
            ? ""
            : $" Columns seen in {Path.GetFileName(sample.File)}: {string.Join(", ", SeenColumn.Of(sample.Rows).Select(s => s.Name))}.";
        var reasons = reading.Sample.Select(s => s.Reason).Distinct().Take(3);
        throw new CannotContinueException(
            "no-readable-line",
            $"{option} {named}: none of {reading.BadLines:N0} line(s) could be read ({string.Join("; ", reasons)}).{seen}",
            "The sweep needs the columns "
                + $"{string.Join(", ", columns.Select(c => c.IsRequired ? $"{c.Name} (required)" : c.Name))}. If your columns have "
                + "other names, create a mapping file: rekey sweep --issued … --access … --suggest-map > map.json. "
                + "Check it, and sweep again with --map map.json."
        );
    }
}
