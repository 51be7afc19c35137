using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rekey.Core;
using Rekey.VaultAccess.Reading;

namespace Rekey.Cli.Files;

/// <summary>A saved reading of a vault, with the declaration that it was compared with.</summary>
internal static class ReadingFile
{
    private const string Format = "rekey-vault-access/1";

    private static readonly Dictionary<string, string> NoNames = new(StringComparer.Ordinal);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        IgnoreReadOnlyProperties = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <exception cref="CannotContinueException">This tool did not save the file.</exception>
    public static (VaultReading Reading, string? Declaration, IReadOnlyDictionary<string, string> Names) Read(string path)
    {
        try
        {
            var saved = JsonSerializer.Deserialize<Saved>(File.ReadAllText(path), Json);
            return saved?.Format == Format
                ? (saved.Reading, saved.Declaration, saved.Names ?? NoNames)
                : throw new JsonException($"its format is '{saved?.Format}' instead of {Format}.");
        }
        catch (JsonException e)
        {
            throw new CannotContinueException(
                "export-unreadable",
                $"{path} cannot be read: {e.Message}",
                "Create one with: rekey access --vault <resource id> --save export.json"
            );
        }
    }

    /// <summary>An invented vault with its declaration, so that the command can be tried without Azure.</summary>
    public static (VaultReading Reading, string? Declaration, IReadOnlyDictionary<string, string> Names) Sample()
    {
        using var file = typeof(ReadingFile).Assembly.GetManifestResourceStream("access-sample.json")!;
        var saved = JsonSerializer.Deserialize<Saved>(file, Json)!;
        return (saved.Reading, saved.Declaration, saved.Names ?? NoNames);
    }

    public static async Task WriteAsync(
        Stream output,
        VaultReading reading,
        string? declaration,
        IReadOnlyDictionary<string, string> names,
        CancellationToken cancellationToken
    ) => await JsonSerializer.SerializeAsync(output, new Saved(Format, reading, declaration, names), Json, cancellationToken);

    /// <param name="Names">Names of principals by object id; null in a file of an earlier release.</param>
    private sealed record Saved(
        string Format,
        VaultReading Reading,
        string? Declaration = null,
        IReadOnlyDictionary<string, string>? Names = null
    );
}
