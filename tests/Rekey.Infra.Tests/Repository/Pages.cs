using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Repository;

/// <summary>The Markdown pages of the repository.</summary>
internal static class Pages
{
    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };

    private static readonly string[] NotOurs = ["bin", "obj", "artifacts", "node_modules", "try"];

    /// <summary>Paths from the repository's root, with slashes.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Files("*.md").Order(StringComparer.Ordinal)];

    /// <summary>Files of a kind anywhere in the repository, without what a build or a tool makes.</summary>
    public static IEnumerable<string> Files(string pattern) =>
        Directory
            .EnumerateFiles(Bicep.Repository, pattern, Everywhere)
            .Select(f => Path.GetRelativePath(Bicep.Repository, f).Replace('\\', '/'))
            .Where(f => !f.Split('/').Any(part => NotOurs.Contains(part, StringComparer.Ordinal) || part == ".git"));

    public static string Read(string page) => File.ReadAllText(Path.Combine(Bicep.Repository, page));

    /// <summary>The lines that are no part of a block of code.</summary>
    public static IEnumerable<string> Prose(string page)
    {
        var isCode = false;
        foreach (var line in Read(page).Split('\n'))
        {
            var fence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            isCode ^= fence;
            if (!isCode && !fence)
            {
                yield return line;
            }
        }
    }

    /// <summary>What a link may name behind <c>#</c>, as GitHub makes it of headings.</summary>
    public static IReadOnlySet<string> Anchors(string page)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var heading in Prose(page).Where(l => l.StartsWith('#')).Select(l => l.TrimStart('#').Trim()))
        {
            var text = string.Concat(heading.ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_'))
                .Replace(' ', '-');
            for (var n = 0; !anchors.Add(n == 0 ? text : $"{text}-{n}"); n++) { }
        }

        return anchors;
    }
}
