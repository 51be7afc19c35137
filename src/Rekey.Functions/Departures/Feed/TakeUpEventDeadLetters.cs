using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rekey.Azure.Storage;
using Rekey.Core;
using Rekey.Core.Records;
using Rekey.Departures.Directory;
using Rekey.Departures.Feed;
using Rekey.Findings;
using Rekey.Findings.Record;
using Rekey.Functions.Wire;
using Rekey.Functions.Wire.DeadLetters;
using Rekey.Ledgers.Records;

namespace Rekey.Functions.Departures.Feed;

/// <summary>
/// Takes up the events about accounts that Event Grid could not deliver for a day: it puts each one in the queue of events, from which it
/// is handled as one that was delivered. The files stay where they are. A line in the ledger says which one was taken up last.
/// </summary>
/// <remarks>A process that dies before the line takes up the same files again: an event that comes twice reads the person twice.</remarks>
public sealed partial class TakeUpEventDeadLetters(
    IEventDeadLetters files,
    ILedgerRecords<EventDeadLetterCursor> cursors,
    IUserChangeQueue queue,
    KeepDeadLetter letters,
    IFindings findings,
    FindingLedger onRecord,
    TimeProvider timeProvider
)
{
    /// <summary>The name of the function.</summary>
    public const string Function = "TakeUpEventDeadLetters";

    /// <summary>The maximum number of files in a run. A file has up to a thousand events, and a run has minutes.</summary>
    public const int MostFiles = 20;

    /// <summary>How old a file must be: times are whole seconds, and another file of the same second may still come.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    private const string Container = "event-dead-letters";

    private static readonly TimeSpan Quiet = TimeSpan.FromDays(1);

    private static readonly string FindingId = Finding.IdOf(FindingKinds.UserChangesDeadLettered, UserChangeQueue.Name);

    /// <summary>Runs on the timer.</summary>
    /// <exception cref="RetryLaterException">Storage or the ledger cannot be reached.</exception>
    /// <exception cref="CannotContinueException">Storage denies access.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var read = await cursors.FindAsync(EventDeadLetterCursor.Cursor, EventDeadLetterCursor.Only, cancellationToken);
        var cursor = read?.Value ?? EventDeadLetterCursor.Start;
        var found = await files.ListAsync(cursor, timeProvider.GetUtcNow() - Settled, MostFiles, cancellationToken);
        foreach (var file in found)
        {
            // The finding before the line: after it nothing else remembers these events.
            var taken = await TakeAsync(file, cancellationToken);
            await ReportAsync(file, taken, cancellationToken);
            read = await MoveAsync(read, file, taken, cancellationToken);
        }

        if (
            found.Count == 0
            && (await onRecord.ReadAsync(cancellationToken)).FindOpen(FindingId) is { } open
            && timeProvider.GetUtcNow() - open.LastSeen >= Quiet
        )
        {
            await findings.CloseAsync(FindingId, FindingClosings.Of(FindingKinds.UserChangesDeadLettered), cancellationToken);
        }
    }

    private async Task<Taken> TakeAsync(EventDeadLetterFile file, CancellationToken cancellationToken)
    {
        var bytes = await files.ReadAsync(file.Name, cancellationToken);
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(bytes);
        }
        catch (JsonException)
        {
            await letters.KeepAsync(
                Function,
                "unreadable-file",
                $"A file of undelivered events, written at {file.WrittenAt:u} in the container {Container}, is gone, too long or no JSON.",
                JsonSerializer.SerializeToElement(new Dictionary<string, string>(StringComparer.Ordinal) { ["file"] = file.Name }),
                cancellationToken
            );
            return new(0, 1, []);
        }

        using (json)
        {
            var (events, refused, reasons) = (0, 0, new SortedSet<string>(StringComparer.Ordinal));
            IEnumerable<JsonElement> parts =
                json.RootElement.ValueKind is JsonValueKind.Array ? json.RootElement.EnumerateArray() : [json.RootElement];
            foreach (var one in parts)
            {
                if (await PutAsync(one, cancellationToken))
                {
                    events++;
                    reasons.Add(ReasonOf(one));
                }
                else
                {
                    refused++;
                }
            }

            return new(events, refused, reasons);
        }
    }

    /// <summary>Puts an event in the queue; false when it is none and was kept as a dead letter.</summary>
    private async Task<bool> PutAsync(JsonElement one, CancellationToken cancellationToken)
    {
        if (one.ValueKind is JsonValueKind.Object && one.GetRawText().Length <= GraphEvent.MaxLength)
        {
            await queue.PutBackAsync(one.GetRawText(), TimeSpan.Zero, cancellationToken);
            return true;
        }

        await letters.KeepAsync(
            Function,
            one.ValueKind is JsonValueKind.Object ? "too-large" : "not-a-cloud-event",
            "A part of a file of undelivered events is no event about an account.",
            one,
            cancellationToken
        );
        return false;
    }

    private async Task<Versioned<EventDeadLetterCursor>> MoveAsync(
        Versioned<EventDeadLetterCursor>? read,
        EventDeadLetterFile file,
        Taken taken,
        CancellationToken cancellationToken
    )
    {
        var (moved, line) = (
            new EventDeadLetterCursor(file.WrittenAt, file.Name),
            EventDeadLetterCursor.Taken(1, taken.Events, taken.Refused)
        );
        return (
            read is null
                ? await cursors.InsertAsync(moved, line, cancellationToken)
                : await cursors.ReplaceAsync(read, moved, line, cancellationToken)
        ) ?? throw new RetryLaterException("Another instance takes up the undelivered events.");
    }

    private async Task ReportAsync(EventDeadLetterFile file, Taken taken, CancellationToken cancellationToken)
    {
        var (now, open) = (timeProvider.GetUtcNow(), (await onRecord.ReadAsync(cancellationToken)).FindOpen(FindingId));
        var reasons = taken.Reasons.Count > 0 ? string.Join(", ", taken.Reasons) : "none given";
        await findings.RaiseAsync(
            new(
                FindingKinds.UserChangesDeadLettered,
                UserChangeQueue.Name,
                Severity.High,
                $"Event Grid could not deliver events about accounts to the queue '{UserChangeQueue.Name}' for a day. Rekey took them up "
                    + "late.",
                $"Event Grid's reason: {reasons}. Check that the identity of the partner topic may send to the queue, and that the "
                    + "evidence account lets in trusted services. "
                    + (
                        taken.Refused > 0
                            ? "Some parts could not be read. They are dead letters of Rekey: look there which persons they name, and "
                                + "report those who left: rekey departures report <object id>."
                            : ""
                    ),
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["container"] = Container,
                    ["queue"] = UserChangeQueue.Name,
                    ["reasons"] = reasons,
                    ["lastFileAt"] = file.WrittenAt.ToString("O"),
                    ["events"] = taken.Events.ToString(CultureInfo.InvariantCulture),
                    ["refused"] = taken.Refused.ToString(CultureInfo.InvariantCulture),
                },
                open?.FirstSeen ?? file.WrittenAt,
                now
            )
            {
                // Announced again in each hour with further files.
                Milestone = $"{now:yyyy-MM-ddTHH}",
            },
            cancellationToken
        );
    }

    private static string ReasonOf(JsonElement one) =>
        (one.Text("deadletterreason") ?? one.Text("deadLetterReason")) is { } reason && Reason().IsMatch(reason) ? reason : "unknown";

    [GeneratedRegex("\\A[A-Za-z]{1,64}\\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Reason();

    private sealed record Taken(int Events, int Refused, IReadOnlyCollection<string> Reasons);
}
