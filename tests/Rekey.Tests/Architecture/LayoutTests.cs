using System.Text.RegularExpressions;

namespace Rekey.Tests.Architecture;

/// <summary>How files, folders and names are laid out. None of these rules has an exception list.</summary>
public sealed partial class LayoutTests
{
    private const int FilesInAFolder = 15;
    private const int Columns = 140;
    private const int ConstructorParameters = 8;

    [Fact]
    public void The_files_are_found() => Assert.True(SourceFiles.All.Count > 1_000, $"{SourceFiles.All.Count} files prove little");

    [Fact]
    public void A_folder_has_at_most_fifteen_files()
    {
        var crowded = SourceFiles.All.GroupBy(f => f.Folder).Where(g => g.Count() > FilesInAFolder).Select(g => $"{g.Key}: {g.Count()}");
        Assert.Empty(crowded);
    }

    [Fact]
    public void A_type_lives_in_the_file_of_its_name()
    {
        var hidden = SourceFiles.All.SelectMany(f => f.Types.Where(type => type != f.Name).Select(type => $"{type} is in {f.Path}"));
        Assert.Empty(hidden);
    }

    [Fact]
    public void A_namespace_is_the_path_of_its_folder()
    {
        var astray = SourceFiles
            .All.Select(f =>
                (
                    f.Path,
                    Expected: NamespaceOf(f.Folder),
                    Written: f.Lines.Select(l => NamespaceLine().Match(l)).FirstOrDefault(m => m.Success)
                )
            )
            .Where(f => f.Written is not null && f.Written.Groups["name"].Value != f.Expected)
            .Select(f => $"{f.Path}: {f.Written!.Groups["name"].Value}");
        Assert.Empty(astray);
    }

    [Fact]
    public void No_two_types_have_one_name()
    {
        var twice = SourceFiles
            .All.SelectMany(f => f.Types.Select(type => (type, f.Path)))
            .Where(t => t.type != "Program")
            .GroupBy(t => t.type)
            .Where(g => g.Select(t => t.Path[..t.Path.LastIndexOf('/')]).Distinct().Count() > 1)
            .Select(g => $"{g.Key}: {string.Join(", ", g.Select(t => t.Path))}");
        Assert.Empty(twice);
    }

    [Fact]
    public void No_two_types_differ_by_the_order_of_their_words()
    {
        var pairs = SourceFiles
            .All.SelectMany(f => f.Types)
            .Distinct()
            .Where(type => !Interface().IsMatch(type))
            .GroupBy(type => string.Join(' ', Word().Matches(type).Select(m => m.Value).Order(StringComparer.Ordinal)))
            .Where(g => g.Count() > 1)
            .Select(g => string.Join(", ", g));
        Assert.Empty(pairs);
    }

    /// <summary>A class that needs more than this does two things, and each has a name.</summary>
    [Fact]
    public void A_class_has_at_most_eight_constructor_parameters()
    {
        var all = SourceFiles.All.Where(f => f.Path.StartsWith("src/", StringComparison.Ordinal)).SelectMany(SourceConstructor.In).ToList();
        Assert.True(all.Count > 500, $"{all.Count} constructors prove little");
        Assert.DoesNotContain(all, c => c.Parameters > ConstructorParameters);
    }

    /// <summary>A class of tests is named after its subject, and each test after what it shows: together they say the case.</summary>
    [Fact]
    public void A_test_is_a_sentence_in_a_class_that_ends_in_Tests()
    {
        var tests = SourceFiles
            .All.Where(f => f.Path.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(f => TestMethod().Matches(string.Join('\n', f.Lines)).Select(m => (f.Path, f.Name, Test: m.Groups["name"].Value)))
            .ToList();
        Assert.True(tests.Count > 2_000, $"{tests.Count} tests prove little");
        Assert.DoesNotContain(tests, t => t.Test.Split('_').Length < 3 || !t.Name.EndsWith("Tests", StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_has_at_most_140_columns()
    {
        var lines = SourceFiles.All.SelectMany(f =>
            f.Lines.Select((line, n) => (line, n)).Where(l => l.line.Length > Columns).Select(l => $"{f.Path}:{l.n + 1}")
        );
        Assert.Empty(lines);
    }

    [Fact]
    public void A_clock_is_timeProvider_and_a_token_cancellationToken()
    {
        var others = SourceFiles.All.SelectMany(f =>
            f.Lines.SelectMany((line, n) => OtherParameterName().Matches(line).Select(m => $"{f.Path}:{n + 1}: {m.Value}"))
        );
        Assert.Empty(others);
    }

    /// <summary>Words that make a sentence a riddle: name the subject instead.</summary>
    [Fact]
    public void Product_and_pages_name_the_subject_of_a_sentence()
    {
        string[] kinds = [".cs", ".md", ".bicep", ".kql", ".sql"];
        var files = new[] { "src", "docs", "infra" }
            .SelectMany(top => Directory.EnumerateFiles(Path.Combine(SourceFiles.Root, top), "*", SearchOption.AllDirectories))
            .Where(path =>
                kinds.Contains(Path.GetExtension(path)) && !path.Split('/', '\\').Any(p => p is "obj" or "bin" or "node_modules")
            )
            .ToList();
        Assert.True(files.Count > 700, $"{files.Count} files prove little");
        Assert.Empty(
            files.SelectMany(path =>
                File.ReadLines(path)
                    .Select((line, n) => (line, n))
                    .Where(l => Riddle().IsMatch(l.line))
                    .Select(l => $"{Path.GetRelativePath(SourceFiles.Root, path)}:{l.n + 1}: {l.line.Trim()}")
            )
        );
    }

    private static string NamespaceOf(string folder)
    {
        var parts = folder.Split('/')[1..];
        return string.Join('.', parts);
    }

    // The attributes of a test stand above its method, four columns in.
    [GeneratedRegex(
        @"^    \[(?:Fact|Theory)\b.*\n(?:    (?: .*|\[.*|\].*|//.*)\n)*    public [^(\n]* (?<name>\w+)\(",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.NonBacktracking
    )]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"\b(?:[Ww]hoever|[Tt]old)\b", RegexOptions.NonBacktracking)]
    private static partial Regex Riddle();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex("^I[A-Z]", RegexOptions.NonBacktracking)]
    private static partial Regex Interface();

    [GeneratedRegex("[A-Z][a-z0-9]*", RegexOptions.NonBacktracking)]
    private static partial Regex Word();

    [GeneratedRegex(
        @"\bCancellationToken (cancel|cancellation|ct|token)\b|\bTimeProvider (clock|time)\b",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex OtherParameterName();
}
