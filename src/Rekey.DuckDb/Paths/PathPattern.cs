using System.IO.Enumeration;

namespace Rekey.DuckDb.Paths;

/// <summary>A path with wildcards, as shells know them: <c>*</c> and <c>?</c> in any part, and <c>**</c> for any number of folders. A
/// wildcard does not match a leading dot.</summary>
internal static class PathPattern
{
    private const string AnyFolders = "**";

    public static bool Is(string path) => path.AsSpan().ContainsAny('*', '?');

    /// <summary>The files and folders that fit, by their paths as found.</summary>
    /// <param name="passOver">Receives folders that cannot be listed.</param>
    public static IReadOnlyList<string> Expand(string full, Action<PassedOver> passOver)
    {
        var root = Path.GetPathRoot(full)!;
        var parts = full[root.Length..]
            .Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        return [.. Match(root, parts, [], passOver).Distinct(StringComparer.Ordinal)];
    }

    /// <param name="above">The real paths of the folders that <c>**</c> went through: a link to one of them leads in a circle.</param>
    private static IEnumerable<string> Match(
        string folder,
        ArraySegment<string> parts,
        IReadOnlyList<string> above,
        Action<PassedOver> passOver
    )
    {
        if (parts.Count == 0)
        {
            return [folder];
        }

        var (part, rest) = (parts[0], parts[1..]);
        if (part == AnyFolders)
        {
            return MatchAnyFolders(folder, rest, above, passOver);
        }

        if (!Is(part))
        {
            var next = Path.Combine(folder, part);
            return Path.Exists(next) ? Match(next, rest, above, passOver) : [];
        }

        return Listing
            .Of(folder, passOver)
            .Where(e =>
                FileSystemName.MatchesSimpleExpression(part, e.Name, ignoreCase: OperatingSystem.IsWindows())
                && (part.StartsWith('.') || !Listing.IsHidden(e))
                && (rest.Count == 0 || Directory.Exists(Path.Combine(folder, e.Name)))
            )
            .SelectMany(e => Match(Path.Combine(folder, e.Name), rest, above, passOver));
    }

    private static IEnumerable<string> MatchAnyFolders(
        string folder,
        ArraySegment<string> rest,
        IReadOnlyList<string> above,
        Action<PassedOver> passOver
    )
    {
        if (RealPath.Of(folder) is not { } real || above.Contains(real))
        {
            return [];
        }

        // A pattern that ends with ** means every file below.
        return Match(folder, rest.Count == 0 ? new(["*"]) : rest, [], passOver)
            .Concat(
                Listing
                    .Of(folder, passOver)
                    .Where(e => !Listing.IsHidden(e) && Directory.Exists(Path.Combine(folder, e.Name)))
                    .SelectMany(e => MatchAnyFolders(Path.Combine(folder, e.Name), rest, [.. above, real], passOver))
            );
    }
}
