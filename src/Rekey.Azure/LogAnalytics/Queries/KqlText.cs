using System.Globalization;
using System.Text;

namespace Rekey.Azure.LogAnalytics.Queries;

/// <summary>Values as KQL literals. What a forger wrote into a token stands in a query only by way of this.</summary>
internal static class KqlText
{
    /// <summary>Nothing but letters, digits and a few marks stands for itself: no quote, backslash or line break can end the
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

    /// <summary>To 100 ns, which both sides count in.</summary>
    public static string Of(DateTimeOffset? value) =>
        value is { } time
            ? $"datetime({time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture)})"
            : "datetime(null)";

    public static string Of(TimeSpan value) => $"timespan({value.ToString("c", CultureInfo.InvariantCulture)})";

    public static string Of(long value) => $"long({value.ToString(CultureInfo.InvariantCulture)})";

    public static string Of(bool? value) => value is { } truth ? (truth ? "true" : "false") : "bool(null)";
}
