namespace Rekey.DuckDb.Paths;

/// <summary>Resolves every link in a path, like realpath(3): the engine may only read below folders that are named by their real
/// paths.</summary>
internal static class RealPath
{
    /// <summary>Linux allows as many links in one path.</summary>
    private const int MaxLinks = 40;

    /// <summary>The real path; null if nothing exists there, or if links lead in a circle.</summary>
    public static string? Of(string path)
    {
        var full = Path.GetFullPath(path);
        var (real, rest, links) = (Path.GetPathRoot(full)!, Parts(full), 0);
        while (rest.TryPop(out var part))
        {
            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                return null;
            }

            var linked = Path.GetFullPath(target, real);
            foreach (var below in Parts(linked).Reverse())
            {
                rest.Push(below);
            }

            real = Path.GetPathRoot(linked)!;
        }

        return Path.Exists(real) ? real : null;
    }

    /// <summary>The parts below the root, the first one on top.</summary>
    private static Stack<string> Parts(string full) =>
        new(
            full[Path.GetPathRoot(full)!.Length..]
                .Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries)
                .Reverse()
        );
}
