using System.Text.RegularExpressions;

namespace Rekey.Tests.Architecture;

/// <summary>The C# files of this repository, as they lie in their folders.</summary>
internal static partial class SourceFiles
{
    /// <summary>The folder of this repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every C# file under src and tests that people wrote.</summary>
    public static IReadOnlyList<SourceFile> All { get; } =
    [
        .. new[] { "src", "tests" }
            .SelectMany(top => Directory.EnumerateFiles(Path.Combine(Root, top), "*.cs", SearchOption.AllDirectories))
            .Where(path => !Path.GetRelativePath(Root, path).Split('/', '\\').Any(part => part is "obj" or "bin" or "node_modules"))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(
                Path.GetRelativePath(Root, path).Replace('\\', '/'),
                File.ReadAllLines(path),
                [
                    .. File.ReadLines(path)
                        .Select(line => TopLevelType().Match(line))
                        .Where(m => m.Success)
                        .Select(m => m.Groups["name"].Value),
                ]
            )),
    ];

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }

    // Types stand at the left margin: namespaces are file-scoped (IDE0161 is an error).
    [GeneratedRegex(
        @"^(?:(?:public|internal|file|sealed|static|abstract|partial|readonly|ref|unsafe) )*"
            + @"(?:(?:class|interface|enum|struct|record struct|record class|record) "
            + @"(?<name>[A-Za-z_]\w*)|delegate [^(]*[ >?](?<name>[A-Za-z_]\w*)\()",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex TopLevelType();
}
