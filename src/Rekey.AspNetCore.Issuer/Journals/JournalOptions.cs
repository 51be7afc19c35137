namespace Rekey.AspNetCore.Issuer.Journals;

/// <summary>Where the record of the tokens goes, and how much of it is kept.</summary>
public sealed class JournalOptions
{
    /// <summary>The data collection rule to which rows are sent over the Logs Ingestion API. Null: a sweep or a collector reads the
    /// files.</summary>
    public IssuanceRule? Ingestion { get; set; }

    /// <summary>After how many bytes a new file is begun.</summary>
    /// <remarks>64 MiB: about a hundred thousand tokens, which collectors and sweeps read in one piece.</remarks>
    public long MaxFileBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>After how long a new file is begun, so that collectors get whole files.</summary>
    public TimeSpan MaxFileAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many bytes all files together may take. When it is reached, files that were sent are deleted; if none is left, no
    /// token is minted.</summary>
    /// <remarks>16 GiB: about thirty million tokens.</remarks>
    public long MaxFolderBytes { get; set; } = 16L * 1024 * 1024 * 1024;

    /// <summary>How long a whole file is kept. With <see cref="Ingestion"/>, a file that was not sent is kept longer.</summary>
    /// <remarks>A week, for a collector that stands still over a long weekend.</remarks>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How old the oldest unsent row may be before the health check says <c>Degraded</c>.</summary>
    /// <remarks>Five minutes: a sweep waits longer than that for issuances.</remarks>
    public TimeSpan ReportUnsentAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Opens a new file for writing.</summary>
    internal Func<string, FileStream> Create { get; set; } =
        path => new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 1);

    internal IEnumerable<string> Mistakes()
    {
        if (MaxFileBytes < 4096 || MaxFolderBytes < 4 * MaxFileBytes)
        {
            yield return "Journal:MaxFileBytes must be at least 4096, and MaxFolderBytes at least four times as much.";
        }

        if (MaxFileAge <= TimeSpan.Zero || KeepFor < MaxFileAge)
        {
            yield return $"Journal:MaxFileAge ({MaxFileAge}) must be longer than zero, and KeepFor ({KeepFor}) at least as long.";
        }

        if (ReportUnsentAfter <= TimeSpan.Zero)
        {
            yield return "Journal:ReportUnsentAfter must be longer than zero.";
        }

        if (Ingestion is { } rule)
        {
            if (!rule.IsEndpointSafe)
            {
                yield return $"Journal:Ingestion:Endpoint must be an absolute https address: {rule.Endpoint}.";
            }

            if (rule.RuleId.Length == 0 || rule.Stream.Length == 0 || rule.Scope.Length == 0)
            {
                yield return "Journal:Ingestion: set RuleId, Stream and Scope.";
            }
        }
    }
}
