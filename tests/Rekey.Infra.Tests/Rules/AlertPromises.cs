using System.Text.RegularExpressions;
using System.Xml;
using Rekey.Infra.Tests.Estates;

namespace Rekey.Infra.Tests.Rules;

/// <summary>Of alert rules that query logs: rows come late, and a table without rows does not exist.</summary>
internal static partial class AlertPromises
{
    public static IEnumerable<string> Broken(PredictedEstate estate, EstatePlan plan) =>
        estate.Of("Microsoft.Insights/scheduledQueryRules").SelectMany(Of).Concat(Missing(estate, plan.IsObserving)).Concat(Unwell(estate));

    /// <summary>Azure Monitor switches off a rule that fails for a week ("Troubleshoot log search alerts"): Resource Health says so, and it
    /// is in the activity log.</summary>
    private static IEnumerable<string> Unwell(PredictedEstate estate) =>
        estate
            .Of("Microsoft.Insights/activityLogAlerts")
            .Any(a =>
                a.Text("properties.enabled") == "true"
                && a.Texts("properties.scopes").SequenceEqual([estate.AppGroup], StringComparer.OrdinalIgnoreCase)
                && a["properties.actions.actionGroups"]!.AsArray().Count == 1
                && a["properties.condition"]!.ToJsonString().Contains("ResourceHealth", StringComparison.Ordinal)
                && a["properties.condition"]!
                    .ToJsonString()
                    .Contains("microsoft.insights/scheduledqueryrules", StringComparison.OrdinalIgnoreCase)
            )
            ? []
            : ["No alert is raised when an alert rule fails or is switched off."];

    private static IEnumerable<string> Of(Predicted rule)
    {
        var query = rule["properties.criteria.allOf"]![0]!["query"]!.GetValue<string>();
        var every = XmlConvert.ToTimeSpan(rule.Text("properties.evaluationFrequency")!);
        if (!query.Contains("union isfuzzy=true (datatable(", StringComparison.Ordinal))
        {
            yield return $"{rule.Name} fails before its table has a row, and is switched off after a week.";
        }

        if (Arrival().Match(query) is { Success: true } arrival)
        {
            if (TimeSpan.FromMinutes(int.Parse(arrival.Groups["minutes"].Value)) < every)
            {
                yield return $"{rule.Name} leaves out rows that arrive between two evaluations.";
            }

            // The activity log comes up to 20 minutes late; the service allows two days.
            if (
                rule.Text("properties.overrideQueryTimeRange") is not { } reads
                || XmlConvert.ToTimeSpan(reads) < TimeSpan.FromHours(1)
                || XmlConvert.ToTimeSpan(reads) > TimeSpan.FromDays(2)
            )
            {
                yield return $"{rule.Name} does not see rows that arrive late.";
            }
        }
        else if (
            rule.Text("properties.muteActionsDuration") is not { } mute
            || XmlConvert.ToTimeSpan(mute) < XmlConvert.ToTimeSpan(rule.Text("properties.windowSize")!)
        )
        {
            yield return $"{rule.Name} sends a mail at every evaluation for one and the same state.";
        }
    }

    private static IEnumerable<string> Missing(PredictedEstate estate, bool isObserving) =>
        new[] { "silence", "finding", "key-copied", "right-given" }
            .Where(name => !isObserving || name != "right-given")
            .Where(name =>
                !estate
                    .Of("Microsoft.Insights/scheduledQueryRules")
                    .Any(r => r.Name.EndsWith($"-{name}", StringComparison.Ordinal) && r["properties.enabled"]!.GetValue<bool>())
            )
            .Select(name => $"No alert is raised for {name}.");

    [GeneratedRegex(@"ingestion_time\(\) > ago\((?<minutes>\d+)m\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Arrival();
}
