using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Core.Records;
using Rekey.Ledgers;

namespace Rekey.Findings.Record;

/// <summary>The findings on record in the ledger: all open ones, and those closed last.</summary>
public sealed class RecordedFindings
{
    /// <summary>How many closed findings are kept for readers. The ledger has the others.</summary>
    public const int MaxClosed = 1000;

    public static readonly RecordedFindings None = new(
        ImmutableDictionary.Create<string, ReportedFinding>(StringComparer.Ordinal),
        [],
        ImmutableDictionary.Create<string, int>(StringComparer.Ordinal)
    );

    private readonly ImmutableDictionary<string, ReportedFinding> _open;
    private readonly ImmutableList<Finding> _closed;
    private readonly ImmutableDictionary<string, int> _openings;

    private RecordedFindings(
        ImmutableDictionary<string, ReportedFinding> open,
        ImmutableList<Finding> closed,
        ImmutableDictionary<string, int> openings
    ) => (_open, _closed, _openings) = (open, closed, openings);

    /// <summary>All open findings, and where each was last reported.</summary>
    public IEnumerable<ReportedFinding> Reported => _open.Values;

    public IEnumerable<Finding> Open => _open.Values.Select(t => t.Finding);

    /// <summary>All open findings and those closed last; each once, in its present state.</summary>
    public IEnumerable<Finding> All => Open.Concat(_closed.Reverse()).DistinctBy(f => f.Id, StringComparer.Ordinal);

    /// <summary>The finding, open or closed recently; null when there is none.</summary>
    public Finding? Find(string id) => FindOpen(id) ?? _closed.FindLast(f => string.Equals(f.Id, id, StringComparison.Ordinal));

    /// <summary>The finding if it is open.</summary>
    public Finding? FindOpen(string id) => FindReported(id)?.Finding;

    /// <summary>The finding if it is open, and where it was last reported.</summary>
    public ReportedFinding? FindReported(string id) => _open.GetValueOrDefault(id);

    /// <summary>How often it was opened so far.</summary>
    public int OpeningsOf(string id) => _openings.GetValueOrDefault(id);

    /// <summary>Saves the view in a snapshot.</summary>
    public JsonNode Save() => JsonSerializer.SerializeToNode(new Saved(_open, _closed, _openings), RecordJson.Options)!;

    /// <summary>Loads the view from a snapshot.</summary>
    public static RecordedFindings Load(JsonElement saved)
    {
        var (open, closed, openings) = saved.Deserialize<Saved>(RecordJson.Options)!;
        return new(None._open.AddRange(open), [.. closed], None._openings.AddRange(openings));
    }

    private sealed record Saved(
        IReadOnlyDictionary<string, ReportedFinding> Open,
        IReadOnlyList<Finding> Closed,
        IReadOnlyDictionary<string, int> Openings
    );

    public RecordedFindings With(LedgerLine line)
    {
        if (line.Entry.Kind is LedgerKinds.FindingAcknowledged)
        {
            return FindReported(FindingLine.IdOf(line)) is { } reported
                ? new(
                    _open.SetItem(
                        reported.Finding.Id,
                        reported with
                        {
                            Finding = reported.Finding with { Acknowledged = FindingLine.ReadAcknowledgement(line) },
                        }
                    ),
                    _closed,
                    _openings
                )
                : this;
        }

        if (!FindingLine.Is(line))
        {
            return this;
        }

        var id = FindingLine.IdOf(line);
        var openings = OpeningsOf(id) + (line.Entry.Kind is LedgerKinds.FindingRaised ? 1 : 0);
        var finding = FindingLine.Read(line) with { Opening = openings };
        if (finding.ClosedAt is null)
        {
            // An acknowledgement holds until its time is over, the finding becomes worse or reaches its next milestone.
            var before = FindOpen(id);
            if (before?.Acknowledged?.Until > line.At && finding.Milestone == before.Milestone && finding.Severity <= before.Severity)
            {
                finding = finding with { Acknowledged = before.Acknowledged };
            }

            return new(_open.SetItem(id, new(finding, line.Number, line.At)), _closed, _openings.SetItem(id, openings));
        }

        var closed = _closed.Add(finding);
        return new(_open.Remove(id), closed.Count > MaxClosed ? closed.RemoveAt(0) : closed, _openings);
    }
}
