using System.Text.Json;
using Rekey.Cli.Detections;
using Rekey.Cli.Files;
using Rekey.Detections;
using Rekey.DuckDb.Paths;
using Rekey.Findings;

namespace Rekey.Cli.Output;

/// <summary>Writes SARIF 2.1.0 (OASIS): a rule for each verdict, a result for each campaign.</summary>
internal static class SarifOutput
{
    private static readonly Verdict[] Rules = Enum.GetValues<Verdict>();

    /// <remarks>Warnings and the counts of quiet detections are notifications: they qualify the results.</remarks>
    public static void Write(Stream output, SweepResult report) =>
        SarifParts.WriteLog(
            output,
            (json, verdict) => WriteRule(json, verdict, report.DetectionOf(verdict), report.SeverityOf(verdict)),
            Rules,
            report.At,
            report.Warnings.Select(words => ("warning", words)).Concat(report.Quiet.Select(q => ("note", q.InWords()))),
            json =>
            {
                foreach (var campaign in report.Tallies.Campaigns)
                {
                    WriteResult(json, campaign, report);
                }
            }
        );

    private static void WriteRule(Utf8JsonWriter json, Verdict verdict, Detection? detection, Severity severity)
    {
        json.WriteString("id", verdict.Code());
        json.WriteString("name", verdict.ToString());
        SarifParts.WriteMessage(json, "shortDescription", detection?.Title ?? verdict.Meaning());
        SarifParts.WriteMessage(json, "fullDescription", $"A token: {verdict.Meaning()}.");
        SarifParts.WriteMessage(json, "help", verdict.Remedy());
        json.WriteStartObject("defaultConfiguration");
        json.WriteString("level", SarifParts.Level(severity));
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
    }

    private static void WriteResult(Utf8JsonWriter json, Campaign campaign, SweepResult report)
    {
        var tally = campaign.Tally;
        json.WriteStartObject();
        json.WriteString("ruleId", campaign.Verdict.Code());
        json.WriteNumber("ruleIndex", Array.IndexOf(Rules, campaign.Verdict));
        json.WriteString("level", SarifParts.Level(campaign.Severity));
        SarifParts.WriteMessage(
            json,
            "message",
            $"{tally.Tokens} token(s) of {campaign.Of.About}: {campaign.Verdict.Meaning()}. "
                + $"{tally.Accesses} access(es), {tally.Subjects} subject(s), {tally.Addresses} address(es), from "
                + $"{tally.FirstSeen.UtcDateTime:O} to {tally.LastSeen.UtcDateTime:O}."
        );
        json.WriteNumber("occurrenceCount", (int)Math.Clamp(tally.Accesses, 1, int.MaxValue));
        json.WriteStartArray("locations");
        foreach (var path in report.Access)
        {
            WriteLocation(json, campaign, path);
        }

        json.WriteEndArray();
        json.WriteStartObject("partialFingerprints");
        json.WriteString("rekeyFinding/v1", campaign.Of.FindingId);
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
        if (path != SpooledInput.Path)
        {
            json.WriteStartObject("physicalLocation");
            json.WriteStartObject("artifactLocation");
            json.WriteString("uri", new Uri(Path.GetFullPath(path)).AbsoluteUri);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteStartArray("logicalLocations");
        json.WriteStartObject();
        json.WriteString("fullyQualifiedName", campaign.Resource);
        json.WriteString("kind", "resource");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
