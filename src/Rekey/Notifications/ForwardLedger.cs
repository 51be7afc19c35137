using System.Text.Json.Nodes;
using Rekey.Core.Records;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Ledgers.Records;
using Rekey.Ledgers.Segments;
using Rekey.Messaging;

namespace Rekey.Notifications;

/// <summary>
/// Sends ledger lines to subscribers as events. The ledger is the outbox: each line is sent at least once under the line's id, and
/// nothing else is sent.
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

    // The last cursor of this process, used when the stored cursor is refused.
    private LedgerCursor _sent = LedgerCursor.Start;

    /// <summary>How many events were sent.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (!events.Enabled)
        {
            return 0;
        }

        // 1. Read the cursor. If nothing is new, stop here.
        var row = await cursors.FindAsync("cursor", "events", cancellationToken)
            ?? await cursors.InsertAsync(LedgerCursor.Start, cancellationToken);
        var head = LedgerCursor.Of(await ledger.HeadAsync(cancellationToken));
        if (row is null || row.Value == head)
        {
            return 0;
        }

        // 2. A cursor that does not fit the ledger was planted, or the ledger was cut: it may hide lines that were never sent.
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
            $"Rekey sent the events after line {from.Sent} and wrote the cursor again.",
            cancellationToken
        );
        return sent;
    }

    private static JsonObject FactsOf(LedgerLine line) =>
        new(RecordChange.ForReaders(line.Entry).Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value)));

    private static LedgerCursor Behind(LedgerLine line) => new(line.Number, LedgerChain.Hash(LedgerChain.Format(line)));

    /// <summary>Whether the cursor's line is in the ledger, by its hash: it is the last one, or the next one names it.</summary>
    private async Task<bool> StandsAsync(LedgerCursor cursor, LedgerCursor head, CancellationToken cancellationToken)
    {
        if (cursor.Sent < 0 || cursor.Sent >= head.Sent)
        {
            return cursor == head;
        }

        var next = await ledger.ReadAsync(cursor.Sent, cancellationToken).FirstAsync(cancellationToken);
        return string.Equals(next.Previous, cursor.Hash, StringComparison.Ordinal);
    }

    /// <summary>Sends batch after batch, and saves the cursor after each.</summary>
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
            $"The cursor of sent events names line {cursor.Sent}, and the ledger has no such line with that hash.",
            $"Rekey sends the events after line {from.Sent} again, under the same ids. "
                + "Check who can write to the table, and whether the ledger was cut.",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["cursor"] = $"{cursor.Sent}" },
            timeProvider.GetUtcNow(),
            timeProvider.GetUtcNow()
        );
}
