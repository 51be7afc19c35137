using Rekey.DuckDb.Mapping;

namespace Rekey.Cli.Mapping;

/// <summary>Finds patterns that fit exactly some of the files.</summary>
internal static class SuggestedPatterns
{
    /// <param name="files">The files to fit, by their paths below the given folder.</param>
    /// <param name="others">The files not to fit.</param>
    /// <returns>A short list: by extension, by the beginning of the names, or by folder; otherwise the files one by one.</returns>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> files, IReadOnlyList<string> others)
    {
        var paths = files.Select(f => f.Replace('\\', '/')).ToList();
        var names = paths.Select(p => p[(p.LastIndexOf('/') + 1)..]).ToList();
        var ends = names.Select(End).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var beginning = names.Aggregate(Common);
        var folders = paths
            .Select(p => p.LastIndexOf('/') is > 0 and var at ? p[..at] : "")
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        IReadOnlyList<string>[] candidates =
        [
            [.. ends.Select(e => $"*{e}")],
            [.. ends.Select(e => $"{beginning.TrimEnd("0123456789".ToCharArray())}*{e}")],
            [.. ends.Select(e => $"{beginning}*{e}")],
            [.. folders.Select(f => $"{f}/*")],
        ];
        return candidates.FirstOrDefault(c => c.Count <= 5 && Fits(c, paths, others)) ?? paths;
    }

    private static bool Fits(IReadOnlyList<string> patterns, IReadOnlyList<string> files, IReadOnlyList<string> others)
    {
        if (patterns.Any(p => p.StartsWith('/') || p.StartsWith("*.*", StringComparison.Ordinal)))
        {
            return false;
        }

        var all = new FilePatterns(patterns);
        return files.All(all.Match) && !others.Any(all.Match);
    }

    /// <summary>The extension, with that of the packed file: <c>.csv.gz</c>.</summary>
    private static string End(string name)
    {
        var packed = Path.GetExtension(name);
        return packed is ".gz" or ".zst" ? Path.GetExtension(name[..^packed.Length]) + packed : packed;
    }

    private static string Common(string one, string other) => one[..one.Zip(other).TakeWhile(c => c.First == c.Second).Count()];
}
