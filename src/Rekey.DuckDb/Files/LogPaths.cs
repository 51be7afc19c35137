using Rekey.Core;

namespace Rekey.DuckDb.Files;

/// <summary>Resolves paths to files: a file, a folder with everything below it, or a pattern such as
/// <c>logs/access-*.ndjson.gz</c>.</summary>
internal static class LogPaths
{
    private static readonly EnumerationOptions Below = new()
    {
        RecurseSubdirectories = true,
        // Skip links, which could point anywhere, and names with a leading dot, which are still being written.
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
    };

    /// <summary>Returns the files, each once, by name; and the skipped files of unsupported formats.</summary>
    /// <exception cref="CannotContinueException"><c>no-such-log</c> or <c>unknown-log-form</c>.</exception>
    public static (IReadOnlyList<LogFile> Files, IReadOnlyList<string> Ignored) Find(IEnumerable<string> paths)
    {
        var (files, ignored) = (
            new SortedDictionary<string, LogFile>(StringComparer.Ordinal),
            new SortedSet<string>(StringComparer.Ordinal)
        );
        foreach (var path in paths)
        {
            var full = Path.GetFullPath(path);
            var isFolder = Directory.Exists(full);
            foreach (var file in isFolder ? new DirectoryInfo(full).EnumerateFiles("*", Below) : Named(full, path))
            {
                if (LogFile.Of(file) is { } known)
                {
                    files[known.Path] = isFolder ? known with { RelativePath = Path.GetRelativePath(full, known.Path) } : known;
                }
                else if (isFolder)
                {
                    ignored.Add(file.FullName);
                }
                else
                {
                    throw new CannotContinueException(
                        "unknown-log-form",
                        $"'{file.FullName}' has no supported extension.",
                        "Give NDJSON (.ndjson, .jsonl, .json), CSV (.csv) or Parquet (.parquet) files, plain or with .gz."
                    );
                }
            }
        }

        return ([.. files.Values], [.. ignored]);
    }

    private static IReadOnlyList<FileInfo> Named(string full, string path)
    {
        if (File.Exists(full))
        {
            return [new(full)];
        }

        var (folder, pattern) = (Path.GetDirectoryName(full), Path.GetFileName(full));
        IReadOnlyList<FileInfo> found =
            folder is not null && pattern.AsSpan().ContainsAny('*', '?') && Directory.Exists(folder)
                ? [.. new DirectoryInfo(folder).EnumerateFiles(pattern)]
                : [];
        return found.Count > 0
            ? found
            : throw new CannotContinueException(
                "no-such-log",
                $"'{path}' is no existing file or folder, and matches no file as a pattern.",
                "Give the folder or the files with the logs."
            );
    }
}
