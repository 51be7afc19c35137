using System.Text.RegularExpressions;

namespace Rekey.Tests.Architecture;

/// <summary>A constructor of a class, as it stands in its file. A record is data, and has a parameter for each member.</summary>
internal sealed partial record SourceConstructor(string Path, string Class, int Parameters)
{
    /// <summary>The constructors of every class in a file, nested ones too.</summary>
    public static IEnumerable<SourceConstructor> In(SourceFile file)
    {
        var text = string.Join('\n', file.Lines);
        var classes = ClassName().Matches(text).Where(m => !m.Groups["record"].Success).Select(m => m.Groups["name"].Value).ToHashSet();
        return ClassName()
            .Matches(text)
            .Where(m => m.Groups["list"].Success && !m.Groups["record"].Success)
            .Concat(OrdinaryConstructor().Matches(text).Where(m => classes.Contains(m.Groups["name"].Value)))
            .Select(m => new SourceConstructor(file.Path, m.Groups["name"].Value, ParametersAfter(text, m.Index + m.Length)));
    }

    /// <summary>The number of parameters of the list that begins here, behind its bracket.</summary>
    private static int ParametersAfter(string text, int start)
    {
        var (depth, commas, end) = (0, 0, start);
        for (; depth > 0 || text[end] != ')'; end++)
        {
            depth += text[end] switch
            {
                '(' or '[' or '<' or '{' => 1,
                ')' or ']' or '>' or '}' => -1,
                _ => 0,
            };
            commas += depth == 0 && text[end] == ',' ? 1 : 0;
        }

        return string.IsNullOrWhiteSpace(text[start..end]) ? 0 : commas + 1;
    }

    [GeneratedRegex(
        @"^ *(?:(?:public|internal|protected|private|file|sealed|static|abstract|partial) )*(?<record>record )?class "
            + @"(?<name>[A-Za-z_]\w*)(?:<[^>\n]*>)?(?<list>\()?",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking | RegexOptions.Multiline
    )]
    private static partial Regex ClassName();

    [GeneratedRegex(
        @"^ *(?:(?:public|internal|protected|private) )+(?<name>[A-Za-z_]\w*)\(",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking | RegexOptions.Multiline
    )]
    private static partial Regex OrdinaryConstructor();
}
