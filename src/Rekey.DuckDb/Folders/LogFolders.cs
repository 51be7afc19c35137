using Rekey.Core;
using Rekey.DuckDb.Files;

namespace Rekey.DuckDb.Folders;

/// <summary>Looks at the two folders: what has settled, what was judged, what a look-back needs.</summary>
internal sealed class LogFolders(FolderLogOptions options, JudgedFiles judged)
{
    /// <summary>
    /// What a file's time may be wrong by. A file holds no line younger than its last write, so one that was last written before a
    /// look-back begins is not needed for it; a day covers clocks that are off, and tools that take local time for UTC. A time from before
    /// 2000 is one that a file system did not keep: that file is always read.
    /// </summary>
    public static readonly TimeSpan Doubt = TimeSpan.FromDays(1);
    public static readonly DateTimeOffset Kept = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Issuance files that may hold lines since then, also such as are still being written.</summary>
    /// <exception cref="RetryLaterException">The folder cannot be read.</exception>
    public IReadOnlyList<LogFile> Issued(DateTimeOffset since) => [.. List(options.IssuedFolder).Where(f => MayHold(f, since))];

    /// <summary>Access files, told apart by whether they are settled and judged.</summary>
    /// <returns>With how often files had to be judged again until now.</returns>
    public async Task<(IReadOnlyList<LogFile> New, IReadOnlyList<LogFile> Judged, long Again)> AccessAsync(
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var known = await judged.ReadAsync(cancellationToken);
        var isJudged = List(options.AccessFolder).ToLookup(f => judged.IsTooOld(f, now) || known.Files.ContainsKey(Judged(f)));
        return (
            [.. isJudged[false].Where(f => IsSettled(f, now)).OrderBy(f => f.LastWrite).ThenBy(f => f.Path, StringComparer.Ordinal)],
            [.. isJudged[true]],
            known.Again
        );
    }

    /// <summary>What a version of a file is called in the ledger.</summary>
    public string Judged(LogFile file) => file.Judged(Path.GetRelativePath(options.AccessFolder, file.Name).Replace('\\', '/'));

    /// <summary>Whether a file may hold lines since then.</summary>
    public static bool MayHold(LogFile file, DateTimeOffset since) => file.LastWrite >= since - Doubt || file.LastWrite < Kept;

    /// <summary>A time in the future is a clock that is wrong: such a file would never settle, and could hide what is in it.</summary>
    public bool IsSettled(LogFile file, DateTimeOffset now) =>
        file.LastWrite <= now - options.SettleTime || file.LastWrite > now + options.SettleTime;

    private static IReadOnlyList<LogFile> List(string folder)
    {
        try
        {
            return Directory.Exists(folder)
                ? LogPaths.Find([folder]).Files
                : throw new RetryLaterException($"The log folder '{folder}' is not there.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RetryLaterException($"The log folder '{folder}' cannot be read: {e.Message}", inner: e);
        }
    }
}
