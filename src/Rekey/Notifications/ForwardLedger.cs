using System.Text.Json.Nodes;
using Rekey.Core.Records;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Ledgers.Segments;
using Rekey.Messaging;

namespace Rekey.Notifications;

/// <summary>
/// Sends what the ledger says to whoever subscribed. The ledger is the outbox: what stands there is sent at least once, each with
/// the id of its line, and nothing is sent that does not stand there.
/// </summary>
public sealed class ForwardLedger(
    ILedger ledger,
    IRecords<LedgerCursor> cursors,
    IEventPublisher events,
    IEventData data,
    IFindings findings,
    TimeProvider timeProvider
)
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

    // What this process sent last: it stands in for a cursor that is refused.
    private LedgerCursor _sent = LedgerCursor.Start;

    /// <summary>How many events were sent.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (!events.Enabled)
        {
            return 0;
        }

        // 1. Where did we stop? While nothing is new this is all.
        var row = await cursors.FindAsync("cursor", "events", cancellationToken)
            ?? await cursors.InsertAsync(LedgerCursor.Start, cancellationToken);
        var head = LedgerCursor.Of(await ledger.HeadAsync(cancellationToken));
        if (row is null || row.Value == head)
        {
            return 0;
        }

        // 2. A cursor that does not fit the ledger was planted, or the ledger was cut: it may hide lines that nobody was told of.
        if (await StandsAsync(row.Value, head, cancellationToken))
        {
            return await SendAsync(row, row.Value, cancellationToken);
        }

        var from = await StandsAsync(_sent, head, cancellationToken) ? _sent : LedgerCursor.Start;
        var refused = Refused(row.Value, from);
        await findings.RaiseAsync(refused, cancellationToken);
        var sent = await SendAsync(row, from, cancellationToken);
        await findings.CloseAsync(
            refused.Id,
            $"What stands behind line {from.Sent} was sent, and the cursor was written anew.",
            cancellationToken
        );
        return sent;
    }

    private static JsonObject FactsOf(LedgerLine line) =>
        new(RecordChange.ForReaders(line.Entry).Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value)));

    private static LedgerCursor Behind(LedgerLine line) => new(line.Number, LedgerChain.Hash(LedgerChain.Format(line)));

    /// <summary>True when the cursor's line is in the ledger, by its hash: it is the last one, or the next one names it.</summary>
    private async Task<bool> StandsAsync(LedgerCursor cursor, LedgerCursor head, CancellationToken cancellationToken)
    {
        if (cursor.Sent < 0 || cursor.Sent >= head.Sent)
        {
            return cursor == head;
        }

        var next = await ledger.ReadAsync(cursor.Sent, cancellationToken).FirstAsync(cancellationToken);
        return string.Equals(next.Previous, cursor.Hash, StringComparison.Ordinal);
    }

    /// <summary>Batch after batch: sent first, then remembered.</summary>
    private async Task<int> SendAsync(Versioned<LedgerCursor> row, LedgerCursor from, CancellationToken cancellationToken)
    {
        var (sent, batch, last) = (0, new List<LedgerLine>(Batch), (LedgerLine?)null);
        await foreach (var line in ledger.ReadAsync(from.Sent, cancellationToken))
        {
            last = line;
            if (Types.ContainsKey(line.Entry.Kind))
            {
                batch.Add(line);
            }

            if (batch.Count == Batch)
            {
                if (await SendAsync(row, batch, Behind(line), cancellationToken) is not { } moved)
                {
                    return sent;
                }

                (row, sent) = (moved, sent + batch.Count);
                batch.Clear();
            }
        }

        var end = last is null ? from : Behind(last);
        return end != row.Value && await SendAsync(row, batch, end, cancellationToken) is not null ? sent + batch.Count : sent;
    }

    private async Task<Versioned<LedgerCursor>?> SendAsync(
        Versioned<LedgerCursor> row,
        List<LedgerLine> batch,
        LedgerCursor end,
        CancellationToken cancellationToken
    )
    {
        if (batch.Count > 0)
        {
            var head = new LedgerHead(end.Sent, end.Hash);
            await events.PublishAsync([.. batch.Select(l => EventOf(l, head))], cancellationToken);
        }

        _sent = end;
        return await cursors.ReplaceAsync(row, end, cancellationToken);
    }

    private OutgoingEvent EventOf(LedgerLine line, LedgerHead head) =>
        new($"{line.Number}", Types[line.Entry.Kind], line.Entry.About, line.At, data.Of(line) ?? FactsOf(line), head);

    private Finding Refused(LedgerCursor cursor, LedgerCursor from) =>
        new(
            FindingKinds.EventsCursorRefused,
            "events",
            Severity.High,
            $"The row that says how far events were sent names line {cursor.Sent}, and the ledger has no such line with that hash.",
            $"Events are sent again from behind line {from.Sent}: they bear the same ids. "
                + "See who can write to the table, and whether the ledger was cut.",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["cursor"] = $"{cursor.Sent}" },
            timeProvider.GetUtcNow(),
            timeProvider.GetUtcNow()
        );
}
