using System.Reflection;
using System.Text.Json.Nodes;
using Rekey.Ledgers;
using Rekey.Messaging;

namespace Rekey.Findings.Ocsf;

/// <summary>Converts the ledger's lines about findings into OCSF 1.8 Detection Findings.</summary>
public sealed class FindingEvents : IEventData
{
    private static readonly HashSet<string> Own = new(StringComparer.Ordinal)
    {
        "finding",
        "kind",
        "severity",
        "title",
        "remedy",
        "raised",
        "firstSeen",
        "lastSeen",
        "because",
        "attack",
        "milestone",
    };

    private static readonly string Version = typeof(FindingEvents)
        .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
        ?.InformationalVersion
        ?? "0";

    public JsonObject? Of(LedgerLine line)
    {
        FindingActivity? activity = line.Entry.Kind switch
        {
            LedgerKinds.FindingRaised => FindingActivity.Create,
            LedgerKinds.FindingUpdated => FindingActivity.Update,
            LedgerKinds.FindingClosed => FindingActivity.Close,
            _ => null,
        };
        return activity is null ? null : OcsfFinding.Of(FactsOf(line, activity.Value), Version);
    }

    private static DetectionFacts FactsOf(LedgerLine line, FindingActivity activity)
    {
        var facts = line.Entry.Facts;
        var title = facts["title"];
        return new(
            facts["finding"],
            activity,
            activity is FindingActivity.Close ? FindingStatus.Resolved : FindingStatus.New,
            facts["kind"],
            title,
            facts.GetValueOrDefault("because") is { Length: > 0 } because ? because : title,
            Enum.Parse<Severity>(facts["severity"]),
            facts.GetValueOrDefault("attack") is { Length: > 0 } attack ? attack : null,
            Time(line, "raised"),
            line.At,
            Time(line, "firstSeen"),
            Time(line, "lastSeen"),
            long.TryParse(facts.GetValueOrDefault("accesses"), out var events) ? events : 1,
            facts.GetValueOrDefault("remedy"),
            [new(line.Entry.About, line.Entry.About, facts["kind"], ResourceRole.Affected)],
            [new(Address: null, facts.Where(f => !Own.Contains(f.Key) && f.Value.Length > 0).ToDictionary(StringComparer.Ordinal))],
            new Dictionary<string, string>(StringComparer.Ordinal)
        );
    }

    /// <summary>A time from the line's facts; the line's own time where an earlier release did not write the fact.</summary>
    private static DateTimeOffset Time(LedgerLine line, string name) =>
        DateTimeOffset.TryParse(line.Entry.Facts.GetValueOrDefault(name), out var time) ? time : line.At;
}
