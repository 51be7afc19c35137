using System.Globalization;
using System.Text;

namespace Rekey.Cli.Output;

/// <summary>Makes foreign text safe to show: log content and file names must not control a terminal, hide or reorder letters, or start a
/// line of their own.</summary>
internal static class PlainText
{
    /// <summary>Whether a character must never be shown as it is: control (Cc), format and bidi (Cf), and line and paragraph separators
    /// (Zl, Zp).</summary>
    public static bool IsUnsafe(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;

    /// <summary>The text in one line. Tabs and line breaks become blanks; other unsafe characters are shown by their number, such as
    /// <c>\u{202E}</c>.</summary>
    public static string Of(string text) => Of(text, static rune => rune.Value is '\t' or '\n' or '\r' ? " " : null);

    /// <param name="keep">What to write for an unsafe character; null for its number.</param>
    public static string Of(string text, Func<Rune, string?> keep)
    {
        if (!text.EnumerateRunes().Any(IsUnsafe))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            plain.Append(IsUnsafe(rune) ? keep(rune) ?? $"\\u{{{rune.Value:X4}}}" : rune.ToString());
        }

        return plain.ToString();
    }
}
