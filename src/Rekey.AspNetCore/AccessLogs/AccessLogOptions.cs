namespace Rekey.AspNetCore.AccessLogs;

/// <summary>Where a gateway's access log goes. Several at once are possible.</summary>
public sealed class AccessLogOptions
{
    /// <summary>Whether rows are written as NDJSON files to <c>log</c> in the gateway's folder.</summary>
    /// <remarks>True, because a forged token is found only in a log of accepted tokens.</remarks>
    public bool ToFiles { get; set; } = true;

    /// <summary>Whether rows are written to <c>ILogger</c>, and so to OpenTelemetry logs, under the category
    /// <c>Rekey.GatewayLog</c>.</summary>
    public bool ToLogger { get; set; }

    /// <summary>The data collection rule to which rows are sent over the Logs Ingestion API. Null: none.</summary>
    public LogsIngestionOptions? Ingestion { get; set; }

    /// <summary>How many rows of each stream wait in memory for a writer. Further ones are dropped, counted, and reported as a
    /// gap.</summary>
    /// <remarks>Ten thousand: half a second of a busy gateway, in about 10 MB.</remarks>
    public int BufferedRows { get; set; } = 10_000;

    /// <summary>After how many bytes a new file is begun.</summary>
    /// <remarks>64 MiB, which collectors and sweeps read in one piece.</remarks>
    public long MaxFileBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>After how long a new file is begun, so that collectors get whole files.</summary>
    public TimeSpan MaxFileAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many bytes all files together may take. The oldest are deleted then: refusals first, accesses with a row about the
    /// gap.</summary>
    /// <remarks>4 GiB: about eight million accesses.</remarks>
    public long MaxFolderBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    internal IEnumerable<string> Validate()
    {
        if (!ToFiles && !ToLogger && Ingestion is null)
        {
            yield return "AccessLog: set ToFiles, ToLogger or Ingestion: a forged token is found only in a log of accepted tokens.";
        }

        if (BufferedRows is < 100 or > 10_000_000)
        {
            yield return $"AccessLog:BufferedRows ({BufferedRows}) must be 100 to 10,000,000.";
        }

        if (MaxFileBytes < 4096 || MaxFolderBytes < 4 * MaxFileBytes)
        {
            yield return "AccessLog:MaxFileBytes must be at least 4096, and MaxFolderBytes at least four times as much.";
        }

        if (MaxFileAge <= TimeSpan.Zero)
        {
            yield return "AccessLog:MaxFileAge must be longer than zero.";
        }

        foreach (var mistake in Ingestion?.Validate() ?? [])
        {
            yield return mistake;
        }
    }
}
