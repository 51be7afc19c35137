using System.Text.RegularExpressions;

namespace Rekey.Infra.Tests.Deploying;

/// <summary>Ways in which a shell goes on after an error, or runs what somebody else wrote. None is allowed in workflows, hooks and
/// scripts.</summary>
internal static partial class ShellRules
{
    public static IEnumerable<string> Broken(string commands)
    {
        var text = string.Join('\n', commands.Split('\n').Where(l => !l.TrimStart().StartsWith('#')));
        (Regex Rule, string What)[] rules =
        [
            (Declared(), "an assignment with export, local, readonly or declare hides the error of its command"),
            (Substituted(), "an error of a command that stands in the arguments of another is not seen"),
            (Hidden(), "an error is hidden"),
            (Expression(), "an expression of the workflow is pasted into the commands: pass it by the environment"),
        ];
        return rules.Where(r => r.Rule.IsMatch(text)).Select(r => $"{r.What}: {r.Rule.Match(text).Value.Trim()}");
    }

    [GeneratedRegex(@"\b(export|local|readonly|declare|typeset)\b[^\n;]*=\x22?[^\n;]*(\$\(|`)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Declared();

    /// <summary>A command may stand alone as the value of a variable. Where a script lies is known without an error.</summary>
    [GeneratedRegex(
        @"(?<!^\s*[A-Za-z_]+=)(?<!^\s*[A-Za-z_]+=\x22)(\$\((?!dirname \x22\$0\x22\))|<\(|`)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        1_000
    )]
    private static partial Regex Substituted();

    [GeneratedRegex(
        @"\|\|\s*(true|:|echo|exit 0)|2>\s*/dev/null|&>\s*/dev/null|set \+e|set \+o|; true\b",
        RegexOptions.ExplicitCapture,
        1_000
    )]
    private static partial Regex Hidden();

    [GeneratedRegex(@"\$\{\{", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Expression();
}
