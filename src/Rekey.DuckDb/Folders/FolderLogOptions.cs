using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Folders;

/// <summary>Two folders of log files that are swept, instead of a Log Analytics workspace.</summary>
/// <remarks>
/// Writers should write under a name with a dot in front and rename, or write elsewhere and move: what is under its name is then whole. A
/// file that is written to where it lies is judged once nobody has touched it for <see cref="SettleTime"/>; one that grows later is judged
/// again, whole. Deleting old files is the owner's: keep issuances for longer than <see cref="MaxLookBack"/>, or honest tokens look forged.
/// </remarks>
public sealed class FolderLogOptions
{
    /// <summary>The issuers' logs, with all folders below.</summary>
    public string IssuedFolder { get; set; } = "";

    /// <summary>The gateways' logs, with all folders below.</summary>
    public string AccessFolder { get; set; } = "";

    /// <summary>A mapping file (see <see cref="LogMapping"/>); null when the columns bear the views' names.</summary>
    public string? MappingFile { get; set; }

    /// <summary>Where bad lines are kept; null: they are counted only.</summary>
    public string? QuarantineFolder { get; set; }

    /// <summary>How long a file must have lain untouched before it is judged.</summary>
    /// <remarks>Default 5 min: buffered writers flush every minute or so, and the issuances of the same minutes must be there first.
    /// Shorter makes provisional findings that are withdrawn.</remarks>
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The age of an access up to which it is judged. Older ones are counted as bad.</summary>
    /// <remarks>
    /// Default 31 days. It also bounds how far back the issuance of an expired token is looked up. To judge what was logged before Rekey
    /// came, set it to the age of the oldest files.
    /// </remarks>
    public TimeSpan MaxLookBack { get; set; } = TimeSpan.FromDays(31);

    /// <summary>
    /// How long it is known that a file was judged. An access file that came longer ago is not read: no line is younger than the file, and
    /// a day covers clocks that are off.
    /// </summary>
    public TimeSpan KeepJudged => MaxLookBack + TimeSpan.FromDays(1) + SettleTime;

    /// <summary>The most bytes of older issuance files, as they lie there, that are read, for a batch or to judge again what was seen
    /// earlier, to look up tokens that were accepted long after they had expired.</summary>
    /// <remarks>
    /// Default 1 GB: whoever forges a token writes any <c>iat</c> they like, and one token shall not make every sweep read a month of logs.
    /// The files of about the time of that <c>iat</c> come first, where an honest issuance lies; files that are left out are reported, and
    /// a token whose issuance may lie in one is held back, then raised, and blocked only by decision. One file is always read.
    /// </remarks>
    public long MaxLookUpBytes { get; set; } = 1_000_000_000;

    /// <summary>The most access files that are judged at once.</summary>
    /// <remarks>Default 1000: a backlog is caught up in batches that end within a function's time.</remarks>
    public int MaxFiles { get; set; } = 1000;

    /// <summary>The most bytes of access files, as they lie there, that are judged at once. One file is always taken.</summary>
    /// <remarks>Default 1 GB: about 5 million lines of gzip NDJSON, a few minutes of one core.</remarks>
    public long MaxBytes { get; set; } = 1_000_000_000;

    /// <summary>How long a sweep waits for an issuance file that cannot be read, since it was last written.</summary>
    /// <remarks>Default 1 h: it may still be on its way, and without it honest tokens look forged. After that the sweep goes on without it,
    /// for nobody shall stop sweeps with one broken file.</remarks>
    public TimeSpan WaitForUnreadable { get; set; } = TimeSpan.FromHours(1);

    /// <summary>What the engine may take of the machine.</summary>
    public DuckDbOptions Engine { get; set; } = new();

    /// <summary>Every mistake in these settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (IssuedFolder.Length == 0 || AccessFolder.Length == 0)
        {
            yield return "LogFolder: IssuedFolder and AccessFolder must both be named.";
        }
        else if (IsInside(IssuedFolder, AccessFolder) || IsInside(AccessFolder, IssuedFolder))
        {
            yield return "LogFolder: IssuedFolder and AccessFolder must not lie in each other: every line would be on both sides.";
        }

        if (SettleTime < TimeSpan.Zero || WaitForUnreadable < TimeSpan.Zero)
        {
            yield return "LogFolder: SettleTime and WaitForUnreadable must not be negative.";
        }

        if (MaxLookBack <= SettleTime)
        {
            yield return "LogFolder:MaxLookBack must be longer than SettleTime: everything would be too old to judge.";
        }

        if (MaxFiles < 1 || MaxBytes < 1)
        {
            yield return "LogFolder: MaxFiles and MaxBytes must be 1 at least.";
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
