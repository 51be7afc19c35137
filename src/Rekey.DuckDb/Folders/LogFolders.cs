using Rekey.Core;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Paths;

namespace Rekey.DuckDb.Folders;

/// <summary>Lists the files of the two folders: settled ones, judged ones, and those within a look-back.</summary>
internal sealed class LogFolders(FolderLogOptions options, JudgedFiles judged)
{
    /// <summary>
    /// The possible error of a file's time. A file contains no line newer than its last write, so a look-back does not need files from
    /// before it. A day covers clock skew, and tools that write local time as UTC. A time before 2000 means that the file system kept
    /// none: such a file is always read.
    /// </summary>
    public static readonly TimeSpan Doubt = TimeSpan.FromDays(1);
    public static readonly DateTimeOffset Kept = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Lists issuance files that may contain lines since a time, including those that are still being written.</summary>
    /// <exception cref="RetryLaterException">The folder, or one below it, cannot be listed.</exception>
    public FoundLogs Issued(DateTimeOffset since)
    {
        var found = List(options.IssuedFolder);
        return found with { Files = [.. found.Files.Where(f => MayHold(f, since))] };
    }

    /// <summary>Lists access files, by whether they are settled and judged.</summary>
    /// <returns>The new files, the judged ones, and the number of repetitions so far.</returns>
    /// <exception cref="RetryLaterException">The folder, or one below it, cannot be listed.</exception>
    public async Task<(FoundLogs New, IReadOnlyList<LogFile> Judged, long Again)> AccessAsync(
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var known = await judged.ReadAsync(cancellationToken);
        var found = List(options.AccessFolder);
        var isJudged = found.Files.ToLookup(f => judged.IsTooOld(f, now) || known.Files.ContainsKey(Judged(f)));
        return (
            found with
            {
                Files =
                [
                    .. isJudged[false].Where(f => IsSettled(f, now)).OrderBy(f => f.LastWrite).ThenBy(f => f.Path, StringComparer.Ordinal),
                ],
            },
            [.. isJudged[true]],
            known.Again
        );
    }

    /// <summary>Returns the id of a file version in the ledger.</summary>
    public string Judged(LogFile file) => file.Judged(Path.GetRelativePath(options.AccessFolder, file.Name).Replace('\\', '/'));

    /// <summary>Whether a file may contain lines since a time.</summary>
    public static bool MayHold(LogFile file, DateTimeOffset since) => file.LastWrite >= since - Doubt || file.LastWrite < Kept;

    /// <summary>Corrects a future time, from a wrong clock: such a file would never settle, and could hide its lines.</summary>
    public bool IsSettled(LogFile file, DateTimeOffset now) =>
        file.LastWrite <= now - options.SettleTime || file.LastWrite > now + options.SettleTime;

    /// <summary>Lists a folder whole or not at all: an honest token whose issuance lies in a closed folder looks forged.</summary>
    public static FoundLogs List(string folder)
    {
        try
        {
            var found = Directory.Exists(folder)
                ? LogPaths.Find([folder], followsLinks: false)
                : throw new RetryLaterException($"The log folder '{folder}' does not exist.");
            return found.PassedOver.FirstOrDefault(p => p.IsClosedFolder) is { } closed
                ? throw new RetryLaterException($"The log folder '{closed.Path}' was not read: {closed.Reason}.")
                : found;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RetryLaterException($"The log folder '{folder}' cannot be read: {e.Message}", inner: e);
        }
    }
}
