using System.Text.Json.Nodes;
using Rekey.Cli.Commands;
using Rekey.Cli.Detections;
using Rekey.Findings.Ocsf;

namespace Rekey.Cli.Output;

/// <summary>Builds an OCSF 1.8 Scan Activity (class 6007) of a whole sweep: what it read, and what it did not.</summary>
internal static class OcsfScan
{
    private const int Category = 6;
    private const int Class = 6007;
    private const int Completed = 2;
    private const int Manual = 1;
    private const int Informational = 1;
    private const int Medium = 3;
    private const int Success = 1;
    private const int Other = 99;

    public static JsonObject Of(SweepResult report) =>
        new()
        {
            ["category_uid"] = Category,
            ["category_name"] = "Application Activity",
            ["class_uid"] = Class,
            ["class_name"] = "Scan Activity",
            ["activity_id"] = Completed,
            ["activity_name"] = "Completed",
            ["type_uid"] = (Class * 100) + Completed,
            ["type_name"] = "Scan Activity: Completed",
            ["severity_id"] = report.IsPartial ? Medium : Informational,
            ["severity"] = report.IsPartial ? "Medium" : "Informational",
            ["status_id"] = report.IsPartial ? Other : Success,
            ["status"] = report.IsPartial ? "Partial" : "Success",
            ["status_detail"] = string.Join('\n', report.Warnings),
            ["time"] = report.At.ToUnixTimeMilliseconds(),
            ["message"] = report.IsPartial ? "The sweep ended, but did not read everything." : "The sweep ended, and read everything.",
            ["metadata"] = new JsonObject
            {
                ["version"] = OcsfFinding.SchemaVersion,
                ["product"] = new JsonObject
                {
                    ["name"] = "Rekey",
                    ["vendor_name"] = "Rekey",
                    ["version"] = ToolVersion.Text,
                },
            },
            ["scan"] = new JsonObject
            {
                ["name"] = "rekey sweep",
                ["type_id"] = Manual,
                ["type"] = "Manual",
            },
            ["num_files"] = report.Readings.Sum(r => r.Reading.Files),
            ["num_skipped_items"] = report.Readings.Sum(r => r.Reading.BadLines + r.Reading.PassedOver.Count),
            ["num_detections"] = report.Tallies.Campaigns.Count,
            ["total"] = report.Issuances + report.Accesses,
            ["unmapped"] = new JsonObject { ["warnings"] = new JsonArray([.. report.Warnings.Select(w => (JsonNode)w)]) },
        };
}
