using System.Text.Json.Nodes;
using Rekey.Core;

namespace Rekey.Findings.Ocsf;

/// <summary>
/// Builds an OCSF 1.8 Detection Finding (class 2004) from a finding. Pure: the same facts make the same event, so that receivers
/// recognise a resend by its id.
/// </summary>
public static class OcsfFinding
{
    /// <summary>The release of the OCSF schema that the events follow.</summary>
    public const string SchemaVersion = "1.8.0";

    private const int Category = 2;
    private const int Class = 2004;

    /// <param name="productVersion">Rekey's version.</param>
    public static JsonObject Of(DetectionFacts facts, string productVersion)
    {
        var finding = new JsonObject
        {
            ["category_uid"] = Category,
            ["category_name"] = "Findings",
            ["class_uid"] = Class,
            ["class_name"] = "Detection Finding",
            ["activity_id"] = (int)facts.Activity,
            ["activity_name"] = facts.Activity.ToString(),
            ["type_uid"] = (Class * 100) + (int)facts.Activity,
            ["type_name"] = $"Detection Finding: {facts.Activity}",
            ["severity_id"] = (int)facts.Severity,
            ["severity"] = facts.Severity.ToString(),
            ["status_id"] = (int)facts.Status,
            ["status"] = facts.Status == FindingStatus.InProgress ? "In Progress" : facts.Status.ToString(),
            ["is_alert"] = facts.Activity != FindingActivity.Close && facts.Severity >= Severity.Medium,
            ["time"] = Milliseconds(facts.At),
            ["start_time"] = Milliseconds(facts.FirstSeen),
            ["end_time"] = Milliseconds(facts.LastSeen),
            ["count"] = facts.Events,
            ["message"] = facts.Message,
            ["metadata"] = new JsonObject
            {
                ["version"] = SchemaVersion,
                ["uid"] = StableId.Of("ocsf", facts.Uid, facts.Activity.ToString(), Milliseconds(facts.At).ToString()),
                ["correlation_uid"] = facts.Uid,
                ["product"] = new JsonObject
                {
                    ["name"] = "Rekey",
                    ["vendor_name"] = "Rekey",
                    ["version"] = productVersion,
                },
                ["labels"] = Labels(facts.Labels),
            },
            ["finding_info"] = Info(facts),
            ["resources"] = new JsonArray([.. facts.Resources.Select(Resource)]),
            ["evidences"] = new JsonArray([.. facts.Evidence.Where(e => e.Address is not null || e.Facts.Count > 0).Select(Evidence)]),
            ["observables"] = new JsonArray([.. Observables(facts)]),
        };
        if (facts.Remedy is not null)
        {
            finding["remediation"] = new JsonObject { ["desc"] = facts.Remedy };
        }

        return finding;
    }

    private static JsonObject Info(DetectionFacts facts)
    {
        var info = new JsonObject
        {
            ["uid"] = facts.Uid,
            ["title"] = facts.Title,
            ["types"] = new JsonArray(facts.Analytic),
            ["created_time"] = Milliseconds(facts.CreatedAt),
            ["first_seen_time"] = Milliseconds(facts.FirstSeen),
            ["last_seen_time"] = Milliseconds(facts.LastSeen),
            ["analytic"] = new JsonObject
            {
                ["uid"] = facts.Analytic,
                ["name"] = facts.Analytic,
                ["type_id"] = 1,
                ["type"] = "Rule",
            },
        };
        if (facts.Activity != FindingActivity.Create)
        {
            info["modified_time"] = Milliseconds(facts.At);
        }

        if (facts.Attack is not null)
        {
            info["attacks"] = new JsonArray(AttackTechniques.ToOcsf(facts.Attack));
        }

        return info;
    }

    private static JsonNode Resource(FindingResource resource) =>
        new JsonObject
        {
            ["uid"] = resource.Uid,
            ["name"] = resource.Name,
            ["type"] = resource.Type,
            ["role_id"] = (int)resource.Role,
            ["role"] = resource.Role.ToString(),
        };

    private static JsonNode Evidence(FindingEvidence evidence)
    {
        var made = new JsonObject();
        if (evidence.Address is not null)
        {
            made["src_endpoint"] = new JsonObject { ["ip"] = evidence.Address };
        }

        if (evidence.Facts.Count > 0)
        {
            made["data"] = new JsonObject(
                evidence.Facts.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value))
            );
        }

        return made;
    }

    private static IEnumerable<JsonNode> Observables(DetectionFacts facts) =>
        facts
            .Evidence.Where(e => e.Address is not null || e.Facts.Count > 0)
            .Select((e, i) => (Name: $"evidences[{i}].src_endpoint.ip", TypeId: 2, Type: "IP Address", Value: e.Address))
            .Where(o => o.Value is not null)
            .Concat(
                facts.Resources.Select((r, i) => (Name: $"resources[{i}].uid", TypeId: 10, Type: "Resource UID", Value: (string?)r.Uid))
            )
            .Select(o => new JsonObject
            {
                ["name"] = o.Name,
                ["type_id"] = o.TypeId,
                ["type"] = o.Type,
                ["value"] = o.Value,
            });

    private static JsonArray Labels(IReadOnlyDictionary<string, string> labels) =>
        new([.. labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => (JsonNode)$"{l.Key}:{l.Value}")]);

    /// <summary>OCSF's <c>timestamp_t</c>.</summary>
    private static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();
}
