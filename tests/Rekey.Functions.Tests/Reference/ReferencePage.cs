using System.Reflection;
using System.Text;

namespace Rekey.Functions.Tests.Reference;

/// <summary>
/// A file under docs/reference that is written from the code, whole or between two marks. With <c>REKEY_WRITE_DOCS=1</c> it is written
/// anew.
/// </summary>
internal static class ReferencePage
{
    private const string Switch = "REKEY_WRITE_DOCS";

    /// <summary>The repository's root.</summary>
    public static string Repository { get; } =
        typeof(ReferencePage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryFolder").Value!;

    /// <summary>Whether files are written anew.</summary>
    public static bool IsWriting => Environment.GetEnvironmentVariable(Switch) == "1";

    /// <summary>Holds a whole file against what the code says.</summary>
    public static void Hold(string name, string generated) => HoldFile(name, _ => generated);

    /// <summary>Holds the part of a page between its marks against what the code says; the words around it are written by hand.</summary>
    public static void HoldPart(string name, string part, string generated) => HoldFile(name, page =>
        {
            var (begin, end) = ($"<!-- {part}: generated -->\n", $"<!-- {part}: end -->\n");
            var (from, to) = (page.IndexOf(begin, StringComparison.Ordinal), page.IndexOf(end, StringComparison.Ordinal));
            Assert.True(from >= 0 && to > from, $"docs/reference/{name} lacks the marks of the part '{part}'.");
            return $"{page[..(from + begin.Length)]}\n{generated}\n{page[to..]}";
        });

    /// <summary>A row of a table. A bar in a cell would begin another one.</summary>
    public static string Row(params string[] cells) =>
        $"| {string.Join(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |\n";

    private static void HoldFile(string name, Func<string, string> generate)
    {
        var path = Path.Combine(Repository, "docs", "reference", name);
        var there = File.Exists(path) ? File.ReadAllText(path, Encoding.UTF8) : "";
        var right = generate(there);
        if (there == right)
        {
            return;
        }

        if (IsWriting)
        {
            File.WriteAllText(path, right);
            return;
        }

        var (old, young) = (there.Split('\n'), right.Split('\n'));
        var at = old.Zip(young).TakeWhile(lines => lines.First == lines.Second).Count();
        Assert.Fail(
            $"docs/reference/{name} is not what the code says, from line {at + 1} on: run with {Switch}=1 to rewrite.\n"
                + $"there: {old.ElementAtOrDefault(at)}\ncode:  {young.ElementAtOrDefault(at)}"
        );
    }
}
