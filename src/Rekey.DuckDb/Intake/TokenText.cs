using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Intake;

/// <summary>Removes tokens from texts that are shown or stored.</summary>
internal static partial class TokenText
{
    private const string Removed = "(token removed)";

    /// <summary>Removes everything that has the shape of a compact JWS or JWE (RFC 7515 §7.1), and what follows Bearer.</summary>
    public static string? Without(string? text) => text is null ? null : Shape().Replace(text, Removed);

    /// <summary>Removes tokens from a bad line. A column with a token is removed as a whole; a line that is no JSON object may hold it
    /// anywhere, and is not kept.</summary>
    /// <param name="token">The column with a token; null if there is none.</param>
    public static string? Without(string? text, ColumnSource? token)
    {
        if (text is null || token is null)
        {
            return Without(text);
        }

        try
        {
            if (JsonNode.Parse(text) is not JsonObject line)
            {
                return null;
            }

            foreach (var name in line.Select(m => m.Key).Where(n => token.Paths.Any(p => Is(n, p[0]))).ToList())
            {
                line[name] = Removed;
            }

            return Without(line.ToJsonString());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static bool Is(string name, string root) => name.Equals(root, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(
        @"\be[wy][A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)*|\bbearer\s+[^\s""',]+",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Shape();
}
