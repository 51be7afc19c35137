using Microsoft.Extensions.FileSystemGlobbing;

namespace Rekey.DuckDb.Mapping;

/// <summary>Patterns of files: <c>*</c> for any part of a name, <c>**</c> for any folders. They are compared with a file's path below the
/// given folder, and with its name.</summary>
public sealed class FilePatterns
{
    private readonly Matcher _matcher = new(StringComparison.Ordinal);

    /// <param name="patterns">With <c>/</c> between folders.</param>
    public FilePatterns(IReadOnlyList<string> patterns)
    {
        All = patterns;
        _matcher.AddIncludePatterns(patterns);
    }

    /// <summary>The patterns as they were written.</summary>
    public IReadOnlyList<string> All { get; }

    /// <summary>Whether a file fits one of them.</summary>
    /// <param name="relative">Its path below the given folder.</param>
    public bool Match(string relative)
    {
        var path = relative.Replace('\\', '/');
        return _matcher.Match(path).HasMatches || _matcher.Match(path[(path.LastIndexOf('/') + 1)..]).HasMatches;
    }
}
