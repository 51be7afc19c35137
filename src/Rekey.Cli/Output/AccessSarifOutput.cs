using System.Text.Json;
using Rekey.Cli.VaultAccess;
using Rekey.VaultAccess;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Reading;

namespace Rekey.Cli.Output;

/// <summary>Writes SARIF 2.1.0 (OASIS): a rule for each kind of drift, a result for each difference.</summary>
internal static class AccessSarifOutput
{
    private static readonly DriftKind[] Rules = [.. Enum.GetValues<DriftKind>().Where(k => k is not DriftKind.NotSeen)];

    public static void Write(Stream output, AccessView view) =>
        SarifParts.WriteLog(
            output,
            Rule,
            Rules,
            view.Reading.ReadAt,
            view.Reading.Unseen.Select(u => $"Not seen: {u.What} ({u.Part}: {u.Why}).")
                .Concat(VaultReading.BlindSpots.Select(b => $"Never seen: {b}."))
                .Select(words => (words.StartsWith("Never", StringComparison.Ordinal) ? "note" : "warning", words)),
            json =>
            {
                foreach (var drift in view.Drift.Where(d => d.Kind is not DriftKind.NotSeen))
                {
                    WriteResult(json, drift);
                }
            }
        );

    private static void Rule(Utf8JsonWriter json, DriftKind kind)
    {
        var finding = AccessFindings.Of(new(kind, "", "", "", new Dictionary<string, string>(StringComparer.Ordinal), []), "", [], default);
        json.WriteString("id", finding.Kind);
        json.WriteString("name", kind.ToString());
        SarifParts.WriteMessage(json, "shortDescription", AccessFindings.MeaningOf(kind));
        SarifParts.WriteMessage(json, "fullDescription", $"{AccessFindings.MeaningOf(kind)} Compared with the declaration.");
        SarifParts.WriteMessage(json, "help", finding.Remedy);
        json.WriteStartObject("defaultConfiguration");
        json.WriteString("level", SarifParts.Level(finding.Severity));
        json.WriteEndObject();
        json.WriteStartObject("properties");
        json.WriteStartArray("tags");
        json.WriteStringValue("security");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, Drift drift)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", drift.FindingKind);
        json.WriteNumber("ruleIndex", Array.IndexOf(Rules, drift.Kind));
        json.WriteString("level", SarifParts.Level(AccessFindings.Of(drift, "", [], default).Severity));
        SarifParts.WriteMessage(json, "message", $"{drift.Sentence}{(drift.What.Length == 0 ? "" : $" {drift.What}")}");
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", $"https://{drift.Vault}/");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("logicalLocations");
        json.WriteStartObject();
        json.WriteString("fullyQualifiedName", drift.About);
        json.WriteString("kind", "resource");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("partialFingerprints");
        json.WriteString("rekeyFinding/v1", drift.FindingId);
        json.WriteEndObject();
        json.WriteStartObject("properties");
        AccessJsonOutput.WriteEvidence(json, drift);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
