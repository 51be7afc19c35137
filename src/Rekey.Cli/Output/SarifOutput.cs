using System.Text.Json;
using Rekey.Cli.Files;
using Rekey.Cli.Sweeping;
using Rekey.Findings;
using Rekey.Sweeps;

namespace Rekey.Cli.Output;

/// <summary>SARIF 2.1.0 (OASIS): a rule for each verdict, a result for each campaign.</summary>
internal static class SarifOutput
{
    private static readonly Verdict[] Rules = Enum.GetValues<Verdict>();

    public static void Write(Stream output, SweepResult report)
    {
        using var json = new Utf8JsonWriter(output, CliJson.Writer);
        json.WriteStartObject();
        json.WriteString("$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json");
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        WriteTool(json, report);
        json.WriteStartArray("invocations");
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", true);
        json.WriteString("endTimeUtc", report.At.UtcDateTime);
        WriteNotifications(json, report);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("results");
        foreach (var campaign in report.Tallies.Campaigns)
        {
            WriteResult(json, campaign, report);
        }

        json.WriteEndArray();
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTool(Utf8JsonWriter json, SweepResult report)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "rekey");
        json.WriteString("semanticVersion", ToolVersion.Text);
        json.WriteStartArray("rules");
        foreach (var verdict in Rules)
        {
            var detection = report.DetectionOf(verdict);
            json.WriteStartObject();
            json.WriteString("id", verdict.Code());
            json.WriteString("name", verdict.ToString());
            WriteMessage(json, "shortDescription", detection?.Title ?? verdict.Meaning());
            WriteMessage(json, "fullDescription", $"A token: {verdict.Meaning()}.");
            WriteMessage(json, "help", verdict.Remedy());
            json.WriteStartObject("defaultConfiguration");
            json.WriteString("level", Level(Campaign.Of(verdict)));
            json.WriteEndObject();
            json.WriteStartObject("properties");
            json.WriteStartArray("tags");
            json.WriteStringValue("security");
            if (detection?.Attack is { } attack)
            {
                json.WriteStringValue($"attack.{attack}");
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, Campaign campaign, SweepResult report)
    {
        var tally = campaign.Tally;
        json.WriteStartObject();
        json.WriteString("ruleId", campaign.Verdict.Code());
        json.WriteNumber("ruleIndex", Array.IndexOf(Rules, campaign.Verdict));
        json.WriteString("level", Level(campaign.Severity));
        WriteMessage(json, "message", $"{tally.Tokens} token(s) of {campaign.Iss} under kid {campaign.Kid ?? "(none)"}: {campaign.Verdict.Meaning()}. "
            + $"{tally.Accesses} access(es), {tally.Subjects} subject(s), {tally.Addresses} address(es), from {tally.FirstSeen.UtcDateTime:O} to {tally.LastSeen.UtcDateTime:O}.");
        json.WriteNumber("occurrenceCount", (int)Math.Clamp(tally.Accesses, 1, int.MaxValue));
        json.WriteStartArray("locations");
        foreach (var path in report.Access)
        {
            WriteLocation(json, campaign, path);
        }

        json.WriteEndArray();
        json.WriteStartObject("partialFingerprints");
        json.WriteString("rekeyFinding/v1", campaign.FindingId);
        json.WriteEndObject();
        json.WriteStartObject("properties");
        json.WriteNumber("tokens", tally.Tokens);
        json.WriteNumber("accesses", tally.Accesses);
        json.WriteNumber("subjects", tally.Subjects);
        json.WriteNumber("addresses", tally.Addresses);
        json.WriteNumber("networks", tally.Networks);
        SightingJson.Time(json, "firstSeen", tally.FirstSeen);
        SightingJson.Time(json, "lastSeen", tally.LastSeen);
        json.WriteStartArray("samples");
        foreach (var sample in tally.Samples)
        {
            SightingJson.Write(json, sample);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteLocation(Utf8JsonWriter json, Campaign campaign, string path)
    {
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", new Uri(Path.GetFullPath(path)).AbsoluteUri);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("logicalLocations");
        json.WriteStartObject();
        json.WriteString("fullyQualifiedName", campaign.Kid is { } kid ? $"{campaign.Iss}#{kid}" : campaign.Iss);
        json.WriteString("kind", "resource");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Lines that could not be read, and holes in issuers' logs, are said beside the results: they bear on what was found.</summary>
    private static void WriteNotifications(Utf8JsonWriter json, SweepResult report)
    {
        json.WriteStartArray("toolExecutionNotifications");
        foreach (var (level, text) in report.Readings.SelectMany(r => r.InWords()).Concat(report.Gaps.Select(g => g.InWords())).Select(words => ("warning", words)))
        {
            json.WriteStartObject();
            json.WriteString("level", level);
            WriteMessage(json, "message", text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteMessage(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static string Level(Severity severity) => severity switch
    {
        >= Severity.High => "error",
        Severity.Medium => "warning",
        _ => "note",
    };
}
