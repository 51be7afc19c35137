using Rekey.DuckDb.Files;

namespace Rekey.DuckDb.Paths;

/// <summary>Finds the log files below folders. It reports what it does not read.</summary>
/// <param name="followsLinks">
/// Whether links are followed. A person who names a folder means its links too (Kubernetes: <c>/var/log/containers</c>). A service that
/// watches a folder must not follow them: a person who may write there could make it read any file.
/// </param>
internal sealed class FolderWalk(bool followsLinks)
{
    private readonly SortedDictionary<string, LogFile> _files = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, PassedOver> _passedOver = new(StringComparer.Ordinal);

    /// <summary>Each folder is listed once, by its real path: so links cannot lead in a circle.</summary>
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public FoundLogs Found => new([.. _files.Values], [.. _passedOver.Values]);

    /// <summary>Adds a file.</summary>
    /// <returns>The reason why it cannot be read; null if it can, or if it is empty.</returns>
    /// <param name="root">The given folder that it lies in; null for a named file.</param>
    public string? Add(string real, string name, string? root = null)
    {
        if (_files.ContainsKey(real))
        {
            return null;
        }

        var (file, reason) = LogFile.Of(real, name);
        if (file is not null)
        {
            _files[real] = root is null ? file : file with { RelativePath = Path.GetRelativePath(root, name) };
        }

        return reason;
    }

    /// <summary>Adds a file under another name.</summary>
    public void Add(LogFile file) => _files[file.Path] = file;

    public void PassOver(PassedOver passedOver) => _passedOver[passedOver.Path] = passedOver;

    /// <summary>Adds every file below a folder.</summary>
    /// <param name="real">The folder's real path.</param>
    /// <param name="name">The folder's path as it was found.</param>
    public void Below(string real, string name)
    {
        var folders = new Stack<(string Real, string Name)>([(real, name)]);
        while (folders.TryPop(out var folder))
        {
            if (!_seen.Add(folder.Real))
            {
                continue;
            }

            foreach (var entry in Listing.Of(folder.Real, passed => PassOver(passed with { Path = folder.Name })))
            {
                var found = Path.Combine(folder.Name, entry.Name);
                if (Listing.IsHidden(entry))
                {
                    PassOver(new(found, "its name begins with a dot, as that of a file that is still being written"));
                }
                else if (Target(entry, found) is not { } target)
                {
                    continue;
                }
                else if (Directory.Exists(target))
                {
                    folders.Push((target, found));
                }
                else if (Add(target, found, name) is { } reason)
                {
                    PassOver(new(found, reason));
                }
            }
        }
    }

    /// <summary>The real path of an entry; null if it is a link that is not followed.</summary>
    private string? Target(FileSystemInfo entry, string found)
    {
        if (entry.LinkTarget is not { } target)
        {
            return entry.FullName;
        }

        var real = followsLinks ? RealPath.Of(entry.FullName) : null;
        if (real is null)
        {
            PassOver(new(found, followsLinks ? $"it is a link to '{target}', which does not exist" : "it is a link"));
        }

        return real;
    }
}
