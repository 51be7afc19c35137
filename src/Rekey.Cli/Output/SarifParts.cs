using System.Text.Json;
using Rekey.Cli.Commands;
using Rekey.Findings;

namespace Rekey.Cli.Output;

/// <summary>The common parts of the tool's SARIF 2.1.0 logs.</summary>
internal static class SarifParts
{
    /// <summary>Writes a log with one run.</summary>
    /// <param name="rule">Writes the members of one rule.</param>
    /// <param name="notifications">Level and text of each notification.</param>
    /// <param name="results">Writes the results.</param>
    public static void WriteLog<TRule>(
        Stream output,
        Action<Utf8JsonWriter, TRule> rule,
        IEnumerable<TRule> rules,
        DateTimeOffset at,
        IEnumerable<(string Level, string Text)> notifications,
        Action<Utf8JsonWriter> results
    )
    {
        using var json = new Utf8JsonWriter(output, CliJson.Writer);
        json.WriteStartObject();
        json.WriteString("$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json");
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "rekey");
        json.WriteString("semanticVersion", ToolVersion.Text);
        json.WriteStartArray("rules");
        foreach (var each in rules)
        {
            json.WriteStartObject();
            rule(json, each);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        WriteInvocation(json, at, notifications);
        json.WriteStartArray("results");
        results(json);
        json.WriteEndArray();
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WriteMessage(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    public static string Level(Severity severity) =>
        severity switch
        {
            >= Severity.High => "error",
            Severity.Medium => "warning",
            _ => "note",
        };

    private static void WriteInvocation(Utf8JsonWriter json, DateTimeOffset at, IEnumerable<(string Level, string Text)> notifications)
    {
        json.WriteStartArray("invocations");
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", true);
        json.WriteString("endTimeUtc", at.UtcDateTime);
        json.WriteStartArray("toolExecutionNotifications");
        foreach (var (level, text) in notifications)
        {
            json.WriteStartObject();
            json.WriteString("level", level);
            WriteMessage(json, "message", text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
