using System.Text.Json.Nodes;

namespace Rekey.Ledgers;

/// <summary>How far the ledger has been sent to subscribers.</summary>
public sealed record LedgerCursor(long Sent) : IRecord
{
    public static int SchemaVersion => 1;

    public string Partition => "cursor";

    public string Row => "events";
}

/// <summary>
/// Sends what the ledger says to whoever subscribed. The ledger is the outbox: what stands there is sent at least once, each with
/// the id of its line, and nothing is sent that does not stand there.
/// </summary>
public sealed class ForwardLedger(ILedger ledger, IRecords<LedgerCursor> cursors, IEventPublisher events, IEventData data)
{
    private const int Batch = 100;

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [LedgerKinds.DepartureNoticed] = "Rekey.DepartureNoticed",
        [LedgerKinds.DepartureAssessed] = "Rekey.DepartureAssessed",
        [LedgerKinds.DepartureSettled] = "Rekey.DepartureSettled",
        [LedgerKinds.RotationPlanned] = "Rekey.RotationPlanned",
        [LedgerKinds.RotationObserved] = "Rekey.RotationObserved",
        [LedgerKinds.RotationStuck] = "Rekey.RotationStuck",
        [LedgerKinds.RotationVerified] = "Rekey.KeyRotated",
        [LedgerKinds.TrustEnded] = "Rekey.TrustEnded",
        [LedgerKinds.DecisionAsked] = "Rekey.DecisionAsked",
        [LedgerKinds.DecisionExpired] = "Rekey.DecisionExpired",
        [LedgerKinds.DecisionAnswered] = "Rekey.DecisionAnswered",
        [LedgerKinds.FindingRaised] = "Rekey.FindingRaised",
        [LedgerKinds.FindingUpdated] = "Rekey.FindingUpdated",
        [LedgerKinds.FindingClosed] = "Rekey.FindingClosed",
        [LedgerKinds.LedgerCheckpointed] = "Rekey.LedgerCheckpointed",
        [LedgerKinds.InputDeadLettered] = "Rekey.InputDeadLettered",
    };

    /// <summary>How many events were sent.</summary>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        if (!events.Enabled)
        {
            return 0;
        }

        // 1. Where did we stop?
        var cursor = await cursors.FindAsync("cursor", "events", cancel) ?? await cursors.InsertAsync(new(Sent: 0), cancel);
        if (cursor is null)
        {
            return 0;
        }

        // 2. Batch after batch: sent first, then remembered.
        var sent = 0;
        var batch = new List<OutgoingEvent>(Batch);
        var last = cursor.Value.Sent;
        await foreach (var line in ledger.ReadAsync(last, cancel))
        {
            last = line.Number;
            if (Types.TryGetValue(line.Entry.Kind, out var type))
            {
                batch.Add(new($"{line.Number}", type, line.Entry.About, line.At, data.Of(line) ?? FactsOf(line)));
            }

            if (batch.Count == Batch)
            {
                if (await SendAsync(batch, cursor, last, cancel) is not { } moved)
                {
                    return sent;
                }

                (cursor, sent) = (moved, sent + batch.Count);
                batch.Clear();
            }
        }

        if (last > cursor.Value.Sent && await SendAsync(batch, cursor, last, cancel) is not null)
        {
            sent += batch.Count;
        }

        return sent;
    }

    private static JsonObject FactsOf(LedgerLine line) => new(line.Entry.Facts.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value)));

    private async Task<Versioned<LedgerCursor>?> SendAsync(List<OutgoingEvent> batch, Versioned<LedgerCursor> cursor, long last, CancellationToken cancel)
    {
        if (batch.Count > 0)
        {
            await events.PublishAsync(batch, cancel);
        }

        return await cursors.ReplaceAsync(cursor, new(last), cancel);
    }
}
