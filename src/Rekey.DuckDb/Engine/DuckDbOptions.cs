namespace Rekey.DuckDb.Engine;

/// <summary>The resource limits of the embedded engine.</summary>
public sealed class DuckDbOptions
{
    /// <summary>The memory limit of DuckDB in bytes. It spills larger data to <see cref="TempFolder"/>.</summary>
    /// <remarks>
    /// Default 1200 MB: together with .NET and the file readers, the process stays under 2 GiB, the memory of the smallest useful plan.
    /// DuckDB's own default is 80 % of the machine, and in a container it may be killed for that.
    /// </remarks>
    public long MemoryLimitBytes { get; set; } = 1_200_000_000;

    /// <summary>Number of threads per query; null for one per core.</summary>
    /// <remarks>Each has its own buffers: fewer threads need less memory.</remarks>
    public int? Threads { get; set; }

    /// <summary>The parent of the work folder for data that exceeds memory; null for the system's temporary folder. Rekey removes the
    /// work folder at the end.</summary>
    /// <remarks>It contains parts of the logs during a sweep; only this user can read it.</remarks>
    public string? TempFolder { get; set; }

    /// <summary>The maximum size of the work folder in bytes.</summary>
    /// <remarks>Default 50 GB: 100 million rows on both sides. A full disk would stop other programs too.</remarks>
    public long MaxTempBytes { get; set; } = 50_000_000_000;

    /// <summary>The number of bad lines of each stream that are shown, with file and line number. All are counted.</summary>
    /// <remarks>Default 20: enough to find a mistake in a mapping.</remarks>
    public int SampledBadLines { get; set; } = 20;

    /// <summary>Returns every mistake in these settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (MemoryLimitBytes < 128_000_000)
        {
            yield return "DuckDb:MemoryLimitBytes must be at least 128 MB: DuckDB cannot join with less.";
        }

        if (Threads is < 1)
        {
            yield return "DuckDb:Threads must be at least 1.";
        }

        if (MaxTempBytes < MemoryLimitBytes)
        {
            yield return "DuckDb:MaxTempBytes must not be less than MemoryLimitBytes: data that exceeds memory needs space.";
        }

        if (SampledBadLines < 0)
        {
            yield return "DuckDb:SampledBadLines must not be negative.";
        }
    }
}
