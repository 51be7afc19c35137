using System.Text.Json;
using Rekey.Core;

namespace Rekey.DuckDb.Mapping;

/// <summary>
/// The mapping of the customer's files to the columns of the two views, from a JSON file (docs/maps.md). A view or column without an
/// entry has the view's name in the files.
/// </summary>
public sealed class LogMapping
{
    internal LogMapping(IReadOnlyList<LogSource> tokenIssuance, IReadOnlyList<LogSource> gatewayAccess) =>
        (TokenIssuance, GatewayAccess) = (tokenIssuance, gatewayAccess);

    /// <summary>The default mapping: every column has the view's name, and values are read in any form.</summary>
    public static LogMapping None { get; } = Parse("{}", "no mapping");

    /// <summary>The columns that a token itself has, where a source names the column with the token.</summary>
    public static IReadOnlyCollection<string> TokenColumnNames => [.. TokenColumns.All.Keys];

    internal IReadOnlyList<LogSource> TokenIssuance { get; }

    internal IReadOnlyList<LogSource> GatewayAccess { get; }

    /// <summary>Reads a mapping file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="presets">The presets that it may name; null for the built-in ones.</param>
    /// <exception cref="CannotContinueException"><c>bad-mapping</c>: it does not exist, or has an unknown value; the message names file
    /// and member.</exception>
    public static LogMapping Read(string path, LogPresets? presets = null)
    {
        try
        {
            return Parse(File.ReadAllText(path), path, presets);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw MapReader.Bad(path, "", $"cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads a mapping; errors use <paramref name="name"/> for it.</summary>
    /// <exception cref="CannotContinueException"><c>bad-mapping</c>.</exception>
    public static LogMapping Parse(string json, string name, LogPresets? presets = null)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false });
            return new MapReader(name, presets ?? LogPresets.BuiltIn).Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw MapReader.Bad(name, "", $"is not JSON: {e.Message}");
        }
    }
}
