using System.Text.Json;
using System.Text.Json.Serialization;
using Rekey.Findings;

namespace Rekey.Detections;

/// <summary>The built-in detections: one embedded folder each under <c>detections/</c>.</summary>
public static class DetectionCatalog
{
    /// <summary>The detection of holes and silences. An engine adds to it what it could not read of the issuances.</summary>
    public const string IssuanceGapId = "issuance-gap";

    private const string Prefix = "detections/";

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Loads all detections, by id.</summary>
    /// <exception cref="InvalidOperationException">A folder lacks one of its three files, or its <c>detection.json</c> has an unknown
    /// value: the build is broken.</exception>
    public static IReadOnlyList<Detection> Load() =>
        Load(name => EmbeddedText.Find(name) ?? throw new InvalidOperationException($"'{name}' is missing."));

    /// <summary>Loads all detections for DuckDB alone.</summary>
    internal static IReadOnlyList<Detection> LoadSql() =>
        Load(name =>
            EmbeddedText.Find(name)
            ?? (name.EndsWith(".kql", StringComparison.Ordinal) ? "" : throw new InvalidOperationException($"'{name}' is missing."))
        );

    /// <summary>Loads the detection of one folder.</summary>
    /// <param name="read">The text of a file by its name, such as <c>detections/unissued/query.sql</c>.</param>
    /// <exception cref="InvalidOperationException">Its <c>detection.json</c> has an unknown value, or lacks one.</exception>
    public static Detection Read(string folder, Func<string, string> read)
    {
        var about = Parse(folder, read($"{Prefix}{folder}/detection.json"));
        if (about.Id != folder)
        {
            throw new InvalidOperationException($"The detection in folder '{folder}' has the id '{about.Id}'. Give both the same name.");
        }

        return new(
            about.Id,
            about.Title,
            about.Severity,
            about.Attack,
            about.Yields,
            about.Response,
            about.Live,
            read($"{Prefix}{folder}/query.kql"),
            read($"{Prefix}{folder}/query.sql")
        )
        {
            Verdicts = VerdictsOf(folder, about),
        };
    }

    private static IReadOnlyList<Detection> Load(Func<string, string> read) =>
        [
            .. EmbeddedText
                .Names.Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
                .Select(n => n[Prefix.Length..n.LastIndexOf('/')])
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Select(folder => Read(folder, read)),
        ];

    private static IReadOnlyList<Verdict> VerdictsOf(string folder, About about)
    {
        try
        {
            var verdicts = (about.Verdicts ?? []).Select(Verdicts.Parse).Distinct().ToList();
            return verdicts.Count > 0 == about.Yields is DetectionRows.Tokens
                ? verdicts
                : throw new InvalidOperationException(
                    $"detection.json of '{folder}': a detection of tokens must list its verdicts in 'verdicts', and a "
                        + "detection of gaps must not."
                );
        }
        catch (FormatException e)
        {
            throw new InvalidOperationException(
                $"detection.json of '{folder}' cannot be read: {e.Message} A new verdict needs code; see docs/how-to-add.md.",
                e
            );
        }
    }

    private static About Parse(string folder, string json)
    {
        try
        {
            return JsonSerializer.Deserialize<About>(json, Strict) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"detection.json of '{folder}' cannot be read: {e.Message}", e);
        }
    }

    private sealed record About(
        string Id,
        string Title,
        Severity Severity,
        DetectionRows Yields,
        DetectionResponse Response,
        bool Live,
        string? Attack = null,
        IReadOnlyList<string>? Verdicts = null
    );
}
