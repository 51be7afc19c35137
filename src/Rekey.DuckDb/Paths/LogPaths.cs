using Rekey.Core;

namespace Rekey.DuckDb.Paths;

/// <summary>Resolves paths to files: a file, a folder with everything below it, a pattern such as <c>logs/**/access-*.ndjson.gz</c>, or
/// <c>-</c> for standard input.</summary>
internal static class LogPaths
{
    private const string Remedy =
        "Give NDJSON (.ndjson, .jsonl, .json), CSV (.csv) or Parquet (.parquet) files, plain or with .gz or .zst.";

    /// <summary>Returns the files, each once, by name, and everything that was passed over.</summary>
    /// <param name="followsLinks">Whether links below a folder are followed; see <see cref="FolderWalk"/>.</param>
    /// <param name="input">Standard input, for the path <c>-</c>.</param>
    /// <exception cref="CannotContinueException"><c>no-such-log</c> or <c>unknown-log-form</c>.</exception>
    public static FoundLogs Find(IEnumerable<string> paths, bool followsLinks = true, SpooledInput? input = null)
    {
        var walk = new FolderWalk(followsLinks);
        foreach (var path in paths)
        {
            if (path == SpooledInput.Path && input is not null)
            {
                walk.Add(input.AsLog());
                continue;
            }

            var full = Path.GetFullPath(path);
            if (RealPath.Of(full) is { } real)
            {
                Named(walk, real, full);
            }
            else
            {
                Matched(walk, full, path);
            }
        }

        return walk.Found;
    }

    private static void Named(FolderWalk walk, string real, string full)
    {
        if (Directory.Exists(real))
        {
            walk.Below(real, full);
        }
        else if (full.StartsWith("/dev/", StringComparison.Ordinal))
        {
            throw new CannotContinueException(
                "unknown-log-form",
                $"'{full}' is a device or a pipe.",
                "Give a file, or - for standard input."
            );
        }
        else if (walk.Add(real, full) is { } reason)
        {
            throw new CannotContinueException("unknown-log-form", $"'{full}' cannot be read: {reason}.", Remedy);
        }
    }

    private static void Matched(FolderWalk walk, string full, string path)
    {
        var found = PathPattern.Is(full) ? PathPattern.Expand(full, walk.PassOver) : [];
        foreach (var name in found)
        {
            if (RealPath.Of(name) is not { } real)
            {
                walk.PassOver(new(name, "it is a link to something that does not exist"));
            }
            else if (Directory.Exists(real))
            {
                // **/* fits files and folders: the pattern itself finds the files of the folders.
                if (!full.Contains("**", StringComparison.Ordinal))
                {
                    walk.Below(real, name);
                }
            }
            else if (walk.Add(real, name) is { } reason)
            {
                walk.PassOver(new(name, reason));
            }
        }

        if (found.Count == 0)
        {
            var link = new FileInfo(full).LinkTarget;
            throw new CannotContinueException(
                "no-such-log",
                link is null
                    ? $"'{path}' is no existing file or folder, and matches no file as a pattern."
                    : $"'{path}' is a link to '{link}', which does not exist.",
                "Give the folder or the files with the logs."
            );
        }
    }
}
