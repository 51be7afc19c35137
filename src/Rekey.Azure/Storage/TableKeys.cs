using System.Globalization;
using System.Text;

namespace Rekey.Azure.Storage;

/// <summary>
/// Escapes keys for Table storage: <c>/ \ # ?</c> and control characters are forbidden there, <c>%</c> is mishandled by some tools. Each
/// becomes <c>=</c> and four hex digits, and so does <c>=</c> itself, so that no two keys become one.
/// </summary>
/// <remarks>Source: "Understanding the Table service data model", characters disallowed in key fields.</remarks>
internal static class TableKeys
{
    /// <summary>Escapes a key. Keys without such characters, like all of Rekey's, stay unchanged.</summary>
    public static string Escape(string key)
    {
        if (!key.Any(IsForbidden))
        {
            return key;
        }

        var escaped = new StringBuilder(key.Length + 16);
        foreach (var c in key)
        {
            _ = IsForbidden(c) ? escaped.Append(CultureInfo.InvariantCulture, $"={(int)c:X4}") : escaped.Append(c);
        }

        return escaped.ToString();
    }

    private static bool IsForbidden(char c) => c is '/' or '\\' or '#' or '?' or '%' or '=' || char.IsControl(c);
}
