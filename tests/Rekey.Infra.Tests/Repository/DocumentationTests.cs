using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Rekey.Detections;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Repository;

/// <summary>The pages lead somewhere, name what there is, and leave out nothing that somebody must be able to look up.</summary>
public sealed partial class DocumentationTests
{
    private const string Runbook = "docs/operations.md";

    public static TheoryData<string> All => [.. Pages.All];

    [Fact]
    public void The_pages_are_found() =>
        Assert.All(
            (string[])
                [
                    "README.md",
                    "CONTRIBUTING.md",
                    "docs/concepts.md",
                    Runbook,
                    "infra/README.md",
                    "tests/README.md",
                    ".github/pull_request_template.md",
                ],
            page => Assert.Contains(page, Pages.All)
        );

    [Theory]
    [MemberData(nameof(All))]
    public void Every_link_leads_somewhere(string page)
    {
        var dead = new List<string>();
        foreach (var target in Links(page))
        {
            var (path, anchor) = target.Split('#', 2) is [var before, var behind] ? (before, behind) : (target, null);
            var there =
                path.Length == 0
                    ? page
                    : Path.GetRelativePath(
                            Bicep.Repository,
                            Path.GetFullPath(Path.Combine(Bicep.Repository, Path.GetDirectoryName(page)!, path))
                        )
                        .Replace('\\', '/');
            if (!Path.Exists(Path.Combine(Bicep.Repository, there)) || (anchor is not null && !Pages.Anchors(there).Contains(anchor)))
            {
                dead.Add(target);
            }
        }

        Assert.Empty(dead);
    }

    [Fact]
    public void The_readme_is_one_screen_and_begins_with_two_commands()
    {
        var readme = Pages.Read("README.md");
        Assert.InRange(Encoding.UTF8.GetByteCount(readme), 1, 6 * 1024);
        var block = readme.Split("```")[1].Split('\n').Skip(1).Select(l => l.Split('#')[0].Trim()).Where(l => l.Length > 0);
        Assert.Equal(["dotnet run --project src/Rekey.Local -- --exit", "dotnet test Functions.sln"], block);
    }

    [Fact]
    public void Every_finding_has_a_section_in_the_runbook_and_no_section_is_about_none()
    {
        var sections = Pages
            .Prose(Runbook)
            .Select(l => FindingHeading().Match(l))
            .Where(m => m.Success)
            .Select(m => m.Groups["kind"].Value)
            .ToList();
        var kinds = RaisedKinds.InCode();
        Assert.Empty(kinds.Except(sections, StringComparer.Ordinal));
        Assert.Empty(sections.Except(kinds, StringComparer.Ordinal));
        Assert.Equal(kinds.Count, sections.Count);
    }

    [Fact]
    public void Every_section_about_a_finding_says_what_it_means_what_to_check_what_to_do_and_how_to_undo_it()
    {
        var sections = Pages.Read(Runbook).Split("\n### `").Skip(1).ToList();
        Assert.True(sections.Count > 60, "the sections were not found");
        Assert.All(sections, section =>
            Assert.All((string[])["\nSeverity: ", "\n- **Means:** ", "\n- **Check:** ", "\n- **Do:** ", "\n- **Undo:** "], part =>
                Assert.Contains(part, section, StringComparison.Ordinal)
            )
        );
    }

    [Fact]
    public void Every_threat_names_a_test_that_there_is_or_says_not_yet()
    {
        var rows = Pages.Prose("docs/threats.md").Select(l => ThreatRow().Match(l)).Where(m => m.Success).ToList();
        Assert.Equal(Enumerable.Range(1, 36), rows.Select(r => int.Parse(r.Groups["number"].Value, CultureInfo.InvariantCulture)));
        var sources = Sources("tests");
        foreach (var row in rows)
        {
            var tests = Code().Matches(row.Groups["tests"].Value).Select(m => m.Groups["text"].Value).ToList();
            Assert.True(tests.Count > 0 || row.Value.Contains("**Not yet", StringComparison.Ordinal), row.Value);
            Assert.All(tests, test => Assert.Contains($" class {test}", sources, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("docs/architecture.md")]
    [InlineData("tests/README.md")]
    public void Every_type_that_is_named_is_there(string page)
    {
        var sources = Sources("src") + Sources("tests");
        var named = Pages
            .Prose(page)
            .Where(l => !l.StartsWith("| `src/", StringComparison.Ordinal))
            .SelectMany(l => Code().Matches(l))
            .Select(m => TypeName().Match(m.Groups["text"].Value))
            .Where(m => m.Success)
            .Select(m => m.Groups["name"].Value)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        Assert.True(named.Count > 20, "the names were not found");
        var declared = Declared().Matches(sources).Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(named.Except(declared, StringComparer.Ordinal).Except(["TimeProvider"], StringComparer.Ordinal));
    }

    [Fact]
    public void Every_detection_and_every_verdict_has_its_row()
    {
        var rows = Pages
            .Prose("docs/reference/detections.md")
            .Select(l => l.Split('|', StringSplitOptions.TrimEntries))
            .Where(c => c is [_, ['`', ..], ..])
            .ToLookup(c => c.Length, c => c[1..^1]);
        Assert.Equal(
            DetectionCatalog
                .Load()
                .Select(d => $"`{d.Id}` {d.Severity} {d.Yields} {d.Response} {d.Attack ?? "–"}")
                .Order(StringComparer.OrdinalIgnoreCase),
            rows[8].Select(c => $"{c[0]} {c[2]} {c[3]} {c[4]} {c[5]}").Order(StringComparer.OrdinalIgnoreCase),
            StringComparer.OrdinalIgnoreCase
        );
        Assert.Equal(
            Enum.GetValues<Verdict>().Select(v => $"`{v.Code()}`").Order(StringComparer.Ordinal),
            rows[4].Select(c => c[0]).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void The_table_of_folders_is_as_the_folders_are()
    {
        var table = Pages
            .Read("docs/architecture.md")
            .Split("<!-- folders: begin -->")[1]
            .Split("<!-- folders: end -->")[0]
            .Split('\n')
            .Where(l => l.StartsWith("| `", StringComparison.Ordinal));
        var there = Pages
            .Files("*.csproj")
            .Where(f => f.StartsWith("src/", StringComparison.Ordinal))
            .Select(f => f[..f.LastIndexOf('/')])
            .Select(project => $"| `{project}` | {string.Join(", ", Folders(project).Select(f => $"`{f}`"))} |");
        Assert.True(
            table.Order(StringComparer.Ordinal).SequenceEqual(there.Order(StringComparer.Ordinal), StringComparer.Ordinal),
            "The table is not as the folders are: run docs/folders.sh."
        );
    }

    [Fact]
    public void Every_project_that_a_command_names_is_there()
    {
        var named = Pages.All.SelectMany(p => Project().Matches(Pages.Read(p))).Select(m => m.Groups["path"].Value).ToHashSet();
        Assert.Contains("src/Rekey.Local", named);
        Assert.Contains("tests/Rekey.Tests", named);
        Assert.All(named, path => Assert.True(File.Exists(Path.Combine(Bicep.Repository, path, $"{Path.GetFileName(path)}.csproj")), path));
    }

    private static IEnumerable<string> Folders(string project) =>
        Pages
            .Files("*.cs")
            .Where(f => f.StartsWith($"{project}/", StringComparison.Ordinal))
            .Select(f => f[..f.LastIndexOf('/')])
            .Where(f => f.Length > project.Length)
            .Select(f => f[(project.Length + 1)..])
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Links(string page) =>
        Pages
            .Prose(page)
            .SelectMany(l => Link().Matches(InlineCode().Replace(l, "`")))
            .Select(m => m.Groups["target"].Value)
            .Where(t => !t.Contains(':', StringComparison.Ordinal));

    private static string Sources(string folder) =>
        string.Concat(Pages.Files("*.cs").Where(f => f.StartsWith($"{folder}/", StringComparison.Ordinal)).Select(Pages.Read));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`", RegexOptions.NonBacktracking)]
    private static partial Regex InlineCode();

    [GeneratedRegex("`(?<text>[^`]+)`", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Code();

    [GeneratedRegex("^### `(?<kind>[a-z-]+)`$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex FindingHeading();

    [GeneratedRegex(
        @"^\| T(?<number>\d+) \| [^|]+ \| [^|]+ \| (?<tests>[^|]+) \|$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex ThreatRow();

    /// <summary>With a member or arguments behind it, or without.</summary>
    [GeneratedRegex(@"^(?<name>[A-Z][A-Za-z]+)(\.[A-Za-z]+)?(\(.*\))?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex TypeName();

    /// <summary>As a type, a method or a property.</summary>
    [GeneratedRegex(
        @"\b(class|record|struct|interface|enum) (?<name>[A-Z]\w+)|\b(?<name>[A-Z]\w+)[(<]| (?<name>[A-Z]\w+) (=>|\{ get)",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Declared();

    [GeneratedRegex(
        @"dotnet (run|test|publish|pack|build)( -c Release)? (--project )?(?<path>(src|tests)/[A-Za-z.]+)",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Project();
}
