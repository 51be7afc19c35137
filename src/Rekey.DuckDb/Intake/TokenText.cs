using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Core;
using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Intake;

/// <summary>Removes tokens from texts that are shown or stored.</summary>
internal static class TokenText
{
    /// <summary>Removes everything that has the shape of a token, and credentials (see <see cref="Secrets.WithoutTokens"/>).</summary>
    public static string? Without(string? text) => text is null ? null : Secrets.WithoutTokens(text);

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
                line[name] = Secrets.Removed;
            }

            return Without(line.ToJsonString());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static bool Is(string name, string root) => name.Equals(root, StringComparison.OrdinalIgnoreCase);
}
