using Rekey.Cli.Mapping;
using Rekey.Core;
using Rekey.Detections;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Intake;

namespace Rekey.Cli.Detections;

/// <summary>Stops a sweep that could only mislead: with no issuances everything looks forged, with no accesses nothing does.</summary>
internal static class ReadableOrNot
{
    /// <exception cref="CannotContinueException">A stream has no row that can be judged; says which columns were seen and how to go
    /// on.</exception>
    public static async Task CheckAsync(LogFilesInput input, LogFiles logs, CancellationToken cancellationToken)
    {
        await CheckAsync("--issued", input.Issued, LogViews.TokenIssuance, logs.Issued, cancellationToken);
        await CheckAsync("--access", input.Access, LogViews.GatewayAccess, logs.Access, cancellationToken);
    }

    private static async Task CheckAsync(
        string option,
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
        if (reading.BadLines == 0)
        {
            var passedOver =
                reading.Ignored.Count > 0
                    ? $" {reading.Ignored.Count} file(s) were passed over, such as '{Path.GetFileName(reading.Ignored[0])}'."
                    : "";
            throw new CannotContinueException(
                "no-log-lines",
                $"{option} {named}: there is no line in it.{passedOver}",
                "Name files or folders with NDJSON (.ndjson, .jsonl, .json), CSV (.csv) or Parquet (.parquet) files, plain or with .gz."
            );
        }

        var sample = await LogSample.ReadAsync(paths, new(), cancellationToken);
        var seen = sample is null
            ? ""
            : $" Columns seen in {Path.GetFileName(sample.File)}: {string.Join(", ", SeenColumn.Of(sample.Rows).Select(s => s.Name))}.";
        var reasons = reading.Sample.Select(s => s.Reason).Distinct().Take(3);
        throw new CannotContinueException(
            "no-readable-line",
            $"{option} {named}: not one line of {reading.BadLines:N0} could be read ({string.Join("; ", reasons)}).{seen}",
            "Wanted are the columns "
                + $"{string.Join(", ", columns.Select(c => c.IsRequired ? $"{c.Name} (must be there)" : c.Name))}. A mapping file "
                + "says which of yours they are; make one to start from with: "
                + "rekey sweep --issued … --access … --suggest-map > map.json, read it, and sweep again with --map map.json."
        );
    }
}
