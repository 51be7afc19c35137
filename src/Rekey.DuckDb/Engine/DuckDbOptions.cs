namespace Rekey.DuckDb.Engine;

/// <summary>What the embedded engine may take of the machine.</summary>
public sealed class DuckDbOptions
{
    /// <summary>How much memory DuckDB may use, in bytes; what does not fit is written to <see cref="TempFolder"/>.</summary>
    /// <remarks>
    /// Default 1200 MB: with what .NET and the readers of files take besides, the process stays under 2 GiB, which the smallest useful plan
    /// has. DuckDB's own default is 80 % of the machine, and in a container it may be killed for that.
    /// </remarks>
    public long MemoryLimitBytes { get; set; } = 1_200_000_000;

    /// <summary>Threads that work on a query; null for one a core.</summary>
    /// <remarks>Each holds buffers of its own: fewer threads need less memory.</remarks>
    public int? Threads { get; set; }

    /// <summary>Where a work folder is made for what does not fit into memory; null for the system's own. It is removed at the
    /// end.</summary>
    /// <remarks>It holds parts of the logs while a sweep runs: only this user can read it.</remarks>
    public string? TempFolder { get; set; }

    /// <summary>How much the work folder may hold, in bytes.</summary>
    /// <remarks>Default 50 GB: 100 million rows on both sides. A full disk would stop more than a sweep.</remarks>
    public long MaxTempBytes { get; set; } = 50_000_000_000;

    /// <summary>How many bad lines are shown of each stream, with file and line number. All are counted.</summary>
    /// <remarks>Default 20: enough to see what is wrong with a mapping.</remarks>
    public int SampledBadLines { get; set; } = 20;

    /// <summary>Every mistake in these settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (MemoryLimitBytes < 128_000_000)
        {
            yield return "DuckDb:MemoryLimitBytes must be 128 MB at least: below that DuckDB cannot join at all.";
        }

        if (Threads is < 1)
        {
            yield return "DuckDb:Threads must be 1 at least.";
        }

        if (MaxTempBytes < MemoryLimitBytes)
        {
            yield return "DuckDb:MaxTempBytes must not be less than MemoryLimitBytes: what does not fit into memory needs a place.";
        }

        if (SampledBadLines < 0)
        {
            yield return "DuckDb:SampledBadLines must not be negative.";
        }
    }
}
