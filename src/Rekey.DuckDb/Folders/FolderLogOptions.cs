using Rekey.DuckDb.Engine;

namespace Rekey.DuckDb.Folders;

/// <summary>The settings of sweeps over two folders of log files, instead of a Log Analytics workspace.</summary>
/// <remarks>
/// Writers should write to a name with a leading dot and rename it, or write elsewhere and move the file, so that it is complete. A file
/// that is written in place is judged after <see cref="SettleTime"/> without a change; if it grows later, it is judged again as a whole.
/// The owner deletes old files: keep issuances longer than <see cref="MaxLookBack"/>, or legitimate tokens look forged.
/// </remarks>
public sealed class FolderLogOptions
{
    /// <summary>The issuers' logs, with all folders below.</summary>
    public string IssuedFolder { get; set; } = "";

    /// <summary>The gateways' logs, with all folders below.</summary>
    public string AccessFolder { get; set; } = "";

    /// <summary>The audit logs of the vaults and of the directory, as JSON lines, with all folders below: records of a storage account or
    /// an event hub, or rows of the tables in a workspace. Null: no audit log is read.</summary>
    public string? AuditFolder { get; set; }

    /// <summary>A mapping file (docs/maps.md); null if the columns have the views' names.</summary>
    public string? MappingFile { get; set; }

    /// <summary>A folder with presets that the mapping file may name, in addition to the built-in ones; null for none.</summary>
    public string? PresetsFolder { get; set; }

    /// <summary>The folder for bad lines; null: they are only counted.</summary>
    public string? QuarantineFolder { get; set; }

    /// <summary>How long a file must have lain untouched before it is judged.</summary>
    /// <remarks>Default 5 min: buffered writers flush every minute or so, and the issuances of the same minutes must be there first. A
    /// shorter time causes provisional findings that are withdrawn.</remarks>
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The maximum age of an access to judge. Older ones count as bad.</summary>
    /// <remarks>
    /// Default 31 days. It also bounds how far back the issuance of an expired token is looked up. To judge logs from before Rekey's
    /// installation, set it to the age of the oldest files.
    /// </remarks>
    public TimeSpan MaxLookBack { get; set; } = TimeSpan.FromDays(31);

    /// <summary>
    /// The retention of the record that a file was judged. An older access file is not read: no line is newer than its file, and a day
    /// covers clock skew.
    /// </summary>
    public TimeSpan KeepJudged => MaxLookBack + TimeSpan.FromDays(1) + SettleTime;

    /// <summary>The maximum bytes (on disk) of older issuance files that one batch, or one repeated judgement, reads to look up tokens
    /// that were accepted long after they had expired.</summary>
    /// <remarks>
    /// Default 1 GB: a forger can choose any <c>iat</c>, and one token must not make every sweep read a month of logs. The files of about
    /// the time of that <c>iat</c> come first, where a legitimate issuance lies. Rekey reports skipped files. A token whose issuance may
    /// be in one is held back, then reported, and blocked only after approval. One file is always read.
    /// </remarks>
    public long MaxLookUpBytes { get; set; } = 1_000_000_000;

    /// <summary>The maximum number of access files in one batch.</summary>
    /// <remarks>Default 1000: sweeps work off a backlog in batches that end within a function's time.</remarks>
    public int MaxFiles { get; set; } = 1000;

    /// <summary>The maximum bytes (on disk) of access files in one batch. A batch has at least one file.</summary>
    /// <remarks>Default 1 GB: about 5 million lines of gzip NDJSON, a few minutes of one core.</remarks>
    public long MaxBytes { get; set; } = 1_000_000_000;

    /// <summary>The resource limits of the engine.</summary>
    public DuckDbOptions Engine { get; set; } = new();

    /// <summary>Returns every mistake in these settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (IssuedFolder.Length == 0 || AccessFolder.Length == 0)
        {
            yield return "LogFolder: set both IssuedFolder and AccessFolder.";
        }
        else if (IsInside(IssuedFolder, AccessFolder) || IsInside(AccessFolder, IssuedFolder))
        {
            yield return "LogFolder: IssuedFolder and AccessFolder must not contain each other: otherwise every line is on both sides.";
        }

        if (
            AuditFolder is { } audit
            && new[] { IssuedFolder, AccessFolder }.Any(f => f.Length > 0 && (IsInside(audit, f) || IsInside(f, audit)))
        )
        {
            yield return "LogFolder: AuditFolder must not contain IssuedFolder or AccessFolder, nor lie in one of them.";
        }

        if (SettleTime < TimeSpan.Zero)
        {
            yield return "LogFolder: SettleTime must not be negative.";
        }

        if (MaxLookBack <= SettleTime)
        {
            yield return "LogFolder:MaxLookBack must be longer than SettleTime: otherwise every access is too old to judge.";
        }

        if (MaxFiles < 1 || MaxBytes < 1)
        {
            yield return "LogFolder: MaxFiles and MaxBytes must be at least 1.";
        }

        if (MaxLookUpBytes < 0)
        {
            yield return "LogFolder:MaxLookUpBytes must not be negative.";
        }

        foreach (var mistake in Engine.Validate())
        {
            yield return mistake;
        }
    }

    private static bool IsInside(string folder, string other) =>
        (Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar).StartsWith(
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(other)) + Path.DirectorySeparatorChar,
            StringComparison.Ordinal
        );
}
