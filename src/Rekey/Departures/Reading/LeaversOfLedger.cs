using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Core.Records;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Rotations.Outcomes;

namespace Rekey.Departures.Reading;

/// <summary>Collects every departure with its rotations from the lines of a ledger, for a report that can be verified against it.</summary>
public sealed class LeaversOfLedger
{
    private readonly Dictionary<string, JsonObject> _departures = new(StringComparer.Ordinal);
    private RecordedRotations _rotations = RecordedRotations.None;

    /// <summary>Takes the next line, in the order of the ledger.</summary>
    public void Take(LedgerLine line)
    {
        _rotations = _rotations.With(line);
        var facts = line.Entry.Facts;
        if (
            facts.GetValueOrDefault(RecordChange.Record)?.Split('/', 3) is ["departure", "departure", var id]
            && !facts.ContainsKey("removed")
        )
        {
            _departures[id] = RecordChange.Apply(
                _departures.GetValueOrDefault(id),
                facts,
                RecordJson.Options.GetTypeInfo(typeof(Departure))
            );
        }
    }

    /// <summary>The departures that were noticed in this time, the earliest first.</summary>
    /// <param name="until">The first moment after it.</param>
    public IReadOnlyList<DepartureHistory> Between(DateTimeOffset from, DateTimeOffset until) =>
        [
            .. _departures
                .Values.Select(d => d.Deserialize<Departure>(RecordJson.Options)!)
                .Where(d => d.NoticedAt >= from && d.NoticedAt < until)
                .OrderBy(d => d.NoticedAt)
                .ThenBy(d => d.Id, StringComparer.Ordinal)
                .Select(d => DepartureHistory.Of(d, _rotations)),
        ];
}
