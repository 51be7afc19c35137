using Rekey.Core;
using Rekey.Findings;
using Rekey.Ledgers;

namespace Rekey.Notifications.Incidents;

/// <summary>Makes the notification of an incident: what is wanted now, and where to read more. Pure.</summary>
internal static class NotificationMaker
{
    /// <param name="line">The line that is the reason.</param>
    /// <param name="severity">The highest severity so far.</param>
    /// <param name="before">The incident's notification before this one; null for the first one.</param>
    /// <param name="what">What happened.</param>
    /// <param name="finding">The finding that the line is about; null for none.</param>
    public static Notification Of(
        Incident incident,
        LedgerLine line,
        Severity severity,
        Announced? before,
        string what,
        IncidentFinding? finding
    )
    {
        var question = incident.Questions.OrderBy(q => q.IsHeld).ThenBy(q => q.ExpiresAt).FirstOrDefault();
        var (wanted, command, link, section) =
            question is not null ? Answer(incident, question)
            : Worst(incident.Findings) is { } worst ? Act(incident, worst)
            : (
                incident.IsContained is true ? "Nothing. Users of these keys sign in again." : "Nothing.",
                null,
                incident.DepartureId is { } departure ? $"departures/{departure}"
                : finding is not null ? $"findings/{finding.Id}"
                : null,
                incident.DepartureId is not null ? "a-wrong-departure" : finding?.Kind ?? "answer-a-decision"
            );
        return new(
            incident.Id,
            line.Number,
            line.At,
            severity,
            before,
            Secrets.Without(what),
            [.. incident.Keys.Keys.Order(StringComparer.Ordinal)],
            incident.Person,
            incident.IsContained,
            incident.ContainedAt,
            Secrets.Without(wanted),
            question?.Until,
            command,
            link,
            section,
            incident.IsOver
        );
    }

    /// <summary>The finding that people should look at first.</summary>
    public static IncidentFinding? Worst(IEnumerable<IncidentFinding> findings) =>
        findings.OrderByDescending(f => f.WantsMore).ThenByDescending(f => f.Severity).ThenByDescending(f => f.Tokens).FirstOrDefault();

    private static (string Wanted, string? Command, string? Link, string Section) Answer(Incident incident, OpenQuestion question) =>
        (
            $"Answer: approve or decline. {question.Silence}"
                + (incident.Questions.Count > 1 ? $" {incident.Questions.Count} questions wait: see rekey decisions list." : ""),
            $"rekey decisions approve {question.Id}",
            $"decisions/{question.Id}",
            "answer-a-decision"
        );

    private static (string Wanted, string? Command, string? Link, string Section) Act(Incident incident, IncidentFinding worst) =>
        (
            worst.WantsMore || incident.IsContained is not true ? worst.Remedy : "Read the damage, and find out how the key got out.",
            $"rekey findings show {worst.Id}",
            $"findings/{worst.Id}",
            worst.Kind
        );
}
