using System.Globalization;
using System.Text;

namespace Rekey.Azure.LogAnalytics.Queries;

/// <summary>Converts values to KQL literals. Text of a forger enters a query only through this class.</summary>
internal static class KqlText
{
    /// <summary>Escapes everything except letters, digits and a few marks, so that no quote, backslash or line break ends the
    /// literal.</summary>
    public static string Of(string? value)
    {
        var text = new StringBuilder("\"", (value?.Length ?? 0) + 2);
        foreach (var unit in value ?? "")
        {
            if (char.IsAsciiLetterOrDigit(unit) || unit is ' ' or '-' or '_' or '.' or ':' or '/' or '@' or '=' or '+' or '~' or '|')
            {
                text.Append(unit);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}");
            }
        }

        return text.Append('"').ToString();
    }

    /// <summary>Writes a time with the precision of both sides, 100 ns.</summary>
    public static string Of(DateTimeOffset? value) =>
        value is { } time
            ? $"datetime({time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture)})"
            : "datetime(null)";

    public static string Of(TimeSpan value) => $"timespan({value.ToString("c", CultureInfo.InvariantCulture)})";

    public static string Of(long value) => $"long({value.ToString(CultureInfo.InvariantCulture)})";

    public static string Of(bool? value) => value is { } truth ? (truth ? "true" : "false") : "bool(null)";
}
