using System.Text.Json;
using Rekey.Azure.Storage;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Findings.Record;
using Rekey.Functions.Departures;
using Rekey.Functions.Wire;
using Rekey.Messaging;

namespace Rekey.Functions.Rotations;

/// <summary>Timer: makes a dead letter and a finding of each message that failed every time. One that cannot be kept stays where it is and
/// is tried at each tick.</summary>
public sealed class KeepPoisonedFunction(
    IPoisonQueues queues,
    KeepDeadLetter letters,
    IFindings findings,
    UserChangeFindings userChanges,
    FindingLedger onRecord,
    TimeProvider timeProvider,
    RunTrigger trigger
)
{
    private const string Name = "KeepPoisoned";

    private const string About = "poison queues";

    /// <summary>After so long without another one it is over: people have seen it.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromDays(1);

    /// <summary>How long storage may be away before that is a finding: an outage of minutes ends by itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [Function(Name)]
    public Task RunAsync([TimerTrigger("5-59/20 * * * * *", UseMonitor = false)] string timer, CancellationToken cancellationToken) =>
        trigger.RunAsync(Name, KeepAllAsync, cancellationToken);

    private async Task KeepAllAsync(CancellationToken cancellationToken)
    {
        // 1. Each queue and each message has its turn: one that cannot be kept holds up no other.
        var failures = new Failures();
        foreach (var queue in queues.WorkQueues)
        {
            await failures.TryAsync(() => KeepQueueAsync(queue, failures, cancellationToken));
        }

        // 2. What is over.
        if (failures.Count == 0)
        {
            await findings.CloseAsync(
                Finding.IdOf(FindingKinds.MessageNotKept, About),
                "Every message that failed is kept.",
                cancellationToken
            );
        }

        foreach (var queue in queues.WorkQueues)
        {
            await failures.TryAsync(() => CloseAsync(queue, cancellationToken));
        }

        await failures.TryAsync(() => CloseFloodsAsync(cancellationToken));
        await failures.TryAsync(() => letters.CountAsync(cancellationToken));

        // 3. Is the queue of events looked at at all?
        await failures.TryAsync(() => userChanges.LookAsync(cancellationToken));
        failures.Throw();
    }

    private async Task KeepQueueAsync(string queue, Failures failures, CancellationToken cancellationToken)
    {
        await foreach (var message in queues.TakeAsync(queue, cancellationToken))
        {
            // Kept first, raised, and only then removed: a process that dies between does it again.
            await failures.TryAsync(async () =>
            {
                await KeepAsync(message, cancellationToken);
                await queues.RemoveAsync(message, cancellationToken);
            });
        }
    }

    private async Task CloseAsync(string queue, CancellationToken cancellationToken)
    {
        var id = Finding.IdOf(FindingKinds.MessageFailed, queue);
        if ((await onRecord.ReadAsync(cancellationToken)).FindOpen(id) is { } open && timeProvider.GetUtcNow() - open.LastSeen >= Quiet)
        {
            await findings.CloseAsync(id, "No other message of this queue has failed for a day.", cancellationToken);
        }
    }

    private async Task CloseFloodsAsync(CancellationToken cancellationToken)
    {
        foreach (
            var flood in (await onRecord.ReadAsync(cancellationToken)).Open.Where(f =>
                f.Kind == FindingKinds.InputFlood && timeProvider.GetUtcNow() - f.LastSeen >= Quiet
            )
        )
        {
            await findings.CloseAsync(flood.Id, "No such flood for a day.", cancellationToken);
        }
    }

    private async Task KeepAsync(PoisonedMessage message, CancellationToken cancellationToken)
    {
        var value = MessageText.Parse(message.Text);
        var then = Then(message.WorkQueue, value);
        string letter;
        try
        {
            letter = await letters.KeepAsync(
                Name,
                "poisoned-message",
                $"A message of queue '{message.WorkQueue}' failed each time it was tried. {then} The log of that time says why it failed.",
                value,
                cancellationToken
            )
                ?? throw new RetryLaterException(
                    $"More than {KeepDeadLetter.MaxLetters} messages an hour failed each time. The rest waits where it is."
                );
        }
        catch (Exception e)
            when (e is not (OperationCanceledException or RetryLaterException)
                || (e is RetryLaterException && timeProvider.GetUtcNow() - message.PoisonedAt >= Patience)
            )
        {
            await NotKeptAsync(message, e, then, cancellationToken);
            throw e as RetryLaterException ?? new RetryLaterException(e.Message, inner: e);
        }

        await findings.RaiseAsync(
            new(
                FindingKinds.MessageFailed,
                message.WorkQueue,
                Severity.High,
                $"A message of the queue '{message.WorkQueue}' failed each time it was tried.",
                $"Look in the log of that time for why. {then} The message is the dead letter '{letter}'.",
                new Dictionary<string, string>(StringComparer.Ordinal) { ["queue"] = message.WorkQueue, ["letter"] = letter },
                message.PoisonedAt,
                timeProvider.GetUtcNow()
            )
            {
                // Told again each hour in which another one failed, so that the ledger says when the last one did.
                Milestone = $"{timeProvider.GetUtcNow():yyyy-MM-ddTHH}",
            },
            cancellationToken
        );
    }

    private Task NotKeptAsync(PoisonedMessage message, Exception why, string then, CancellationToken cancellationToken)
    {
        var reason = why switch
        {
            CannotContinueException refused => refused.Reason,
            RetryLaterException => "storage-away",
            _ => why.GetType().Name,
        };
        return findings.RaiseAsync(
            new(
                FindingKinds.MessageNotKept,
                About,
                Severity.High,
                $"A message that failed each time it was tried cannot be kept as a dead letter ({reason}).",
                $"{why.Message} {(why as CannotContinueException)?.Remedy} Until that is mended it lies in the queue "
                    + $"'{message.PoisonQueue}', "
                    + $"for seven days from when it came there. {then}",
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["queue"] = message.PoisonQueue,
                    ["reason"] = reason,
                    ["oldest"] = message.PoisonedAt.ToString("O"),
                },
                message.PoisonedAt,
                timeProvider.GetUtcNow()
            )
            {
                Milestone = reason,
            },
            cancellationToken
        );
    }

    /// <summary>What becomes of what the message was for, and what to do.</summary>
    private string Then(string queue, JsonElement value) =>
        queue switch
        {
            StorageQueues.Sweeps => $"The next sweep does what it asked for. {Again(queue)}",
            UserChangeQueue.Name => "If it was about a departure, that has not been noticed. "
                + userChanges.ReportCommand(GraphEvent.PersonIn(UserChangeMessage.Of(value).Event)),
            _ => $"A timer takes up what it was for by itself. {Again(queue)}",
        };

    private static string Again(string queue) =>
        $"To try it at once: az storage message put --account-name <state account> --queue-name {queue} "
        + "--content '<its text>' --auth-mode login";
}
