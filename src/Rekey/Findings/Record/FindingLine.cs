using System.Globalization;
using Rekey.Core;
using Rekey.Ledgers;

namespace Rekey.Findings.Record;

/// <summary>Reads and writes a finding as a ledger line.</summary>
public static class FindingLine
{
    private const string Id = "finding";
    private const string Kind = "kind";
    private const string Severity = "severity";
    private const string Title = "title";
    private const string Remedy = "remedy";
    private const string Raised = "raised";
    private const string FirstSeen = "firstSeen";
    private const string LastSeen = "lastSeen";
    private const string Because = "because";
    private const string Milestone = "milestone";
    private const string By = "by";
    private const string Until = "until";
    private const string Reason = "reason";

    /// <summary>The facts that describe the finding itself; all others are evidence.</summary>
    private static readonly HashSet<string> Own = new(StringComparer.Ordinal)
    {
        Id,
        Kind,
        Severity,
        Title,
        Remedy,
        Raised,
        FirstSeen,
        LastSeen,
        Because,
        Milestone,
    };

    public static bool Is(LedgerLine line) =>
        line.Entry.Kind is LedgerKinds.FindingRaised or LedgerKinds.FindingUpdated or LedgerKinds.FindingClosed;

    public static LedgerEntry Raise(Finding finding) =>
        Of(
            finding,
            LedgerKinds.FindingRaised,
            finding.Opening == 1
                ? $"{LedgerKinds.FindingRaised}/{finding.Id}"
                : $"{LedgerKinds.FindingRaised}/{finding.Id}/{finding.Opening}"
        );

    /// <param name="line">The line that this one follows: of two concurrent reports, the first counts.</param>
    public static LedgerEntry Update(Finding finding, long line) =>
        Of(finding, LedgerKinds.FindingUpdated, $"{LedgerKinds.FindingUpdated}/{finding.Id}/{line}");

    public static LedgerEntry Close(Finding finding) =>
        Of(finding, LedgerKinds.FindingClosed, $"{LedgerKinds.FindingClosed}/{finding.Id}/{finding.Opening}");

    /// <summary>The line about an acknowledgement.</summary>
    public static LedgerEntry Acknowledge(ReportedFinding reported, Acknowledgement acknowledgement) =>
        new(
            $"{LedgerKinds.FindingAcknowledged}/{reported.Finding.Id}/{reported.Line}/{acknowledgement.At.ToUnixTimeMilliseconds()}",
            LedgerKinds.FindingAcknowledged,
            reported.Finding.About,
            Facts.Of(
                (Id, reported.Finding.Id),
                (Kind, reported.Finding.Kind),
                (By, acknowledgement.By),
                (Until, acknowledgement.Until.ToString("O")),
                (Reason, acknowledgement.Reason)
            )
        );

    /// <summary>The acknowledgement of this line.</summary>
    public static Acknowledgement ReadAcknowledgement(LedgerLine line) =>
        new(line.Entry.Facts[By], line.At, Time(line, Until), line.Entry.Facts[Reason]);

    /// <summary>The finding in the state of this line.</summary>
    public static Finding Read(LedgerLine line)
    {
        var facts = line.Entry.Facts;
        return new(
            facts[Kind],
            line.Entry.About,
            Enum.Parse<Severity>(facts[Severity]),
            facts[Title],
            facts[Remedy],
            facts.Where(f => !Own.Contains(f.Key)).ToDictionary(StringComparer.Ordinal),
            Time(line, FirstSeen),
            Time(line, LastSeen)
        )
        {
            Milestone = facts[Milestone] is { Length: > 0 } milestone ? milestone : null,
            RaisedAt = Time(line, Raised),
            ClosedAt = line.Entry.Kind is LedgerKinds.FindingClosed ? line.At : null,
            ClosedBecause = facts[Because] is { Length: > 0 } because ? because : null,
        };
    }

    /// <summary>The id of the finding that the line is about.</summary>
    public static string IdOf(LedgerLine line) => line.Entry.Facts[Id];

    private static DateTimeOffset Time(LedgerLine line, string name) =>
        DateTimeOffset.Parse(line.Entry.Facts[name], CultureInfo.InvariantCulture);

    private static LedgerEntry Of(Finding finding, string kind, string id) =>
        new(
            id,
            kind,
            finding.About,
            new Dictionary<string, string>(finding.Evidence, StringComparer.Ordinal)
            {
                [Id] = finding.Id,
                [Kind] = finding.Kind,
                [Severity] = finding.Severity.ToString(),
                [Title] = finding.Title,
                [Remedy] = finding.Remedy,
                [Raised] = (finding.RaisedAt ?? finding.FirstSeen).ToString("O"),
                [FirstSeen] = finding.FirstSeen.ToString("O"),
                [LastSeen] = finding.LastSeen.ToString("O"),
                [Because] = finding.ClosedBecause ?? "",
                [Milestone] = finding.Milestone ?? "",
            }
        );
}
