using System.Text.Json;
using Rekey.Azure.Storage;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Findings.Record;
using Rekey.Functions.Departures.Feed;
using Rekey.Functions.Wire;
using Rekey.Functions.Wire.DeadLetters;
using Rekey.Messaging;

namespace Rekey.Functions.Rotations;

/// <summary>Timer: turns each message that failed every retry into a dead letter and a finding. A message that cannot be kept stays in
/// its queue and is retried at each tick.</summary>
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

    /// <summary>How long after the last failed message the finding closes: people have seen it.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromDays(1);

    /// <summary>How long storage may be unavailable before a finding: an outage of minutes ends by itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [Function(Name)]
    public Task RunAsync([TimerTrigger("5-59/20 * * * * *", UseMonitor = false)] string timer, CancellationToken cancellationToken) =>
        trigger.RunAsync(Name, KeepAllAsync, cancellationToken);

    private async Task KeepAllAsync(CancellationToken cancellationToken)
    {
        // 1. Try each message of each queue: a message that cannot be kept delays no other.
        var failures = new Failures();
        foreach (var queue in queues.WorkQueues)
        {
            await failures.TryAsync(() => KeepQueueAsync(queue, failures, cancellationToken));
        }

        // 2. Close findings that are over.
        if (failures.Count == 0)
        {
            await findings.CloseAsync(
                Finding.IdOf(FindingKinds.MessageNotKept, About),
                "Every failed message is kept as a dead letter.",
                cancellationToken
            );
        }

        foreach (var queue in queues.WorkQueues)
        {
            await failures.TryAsync(() => CloseAsync(queue, cancellationToken));
        }

        await failures.TryAsync(() => CloseFloodsAsync(cancellationToken));
        await failures.TryAsync(() => letters.CountAsync(cancellationToken));

        // 3. Check that the host polls the queue of events.
        await failures.TryAsync(() => userChanges.LookAsync(cancellationToken));
        failures.Throw();
    }

    private async Task KeepQueueAsync(string queue, Failures failures, CancellationToken cancellationToken)
    {
        await foreach (var message in queues.TakeAsync(queue, cancellationToken))
        {
            // Keep, raise, then remove: a process that dies in between repeats it.
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
            await findings.CloseAsync(id, "No message of this queue has failed for a day.", cancellationToken);
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
            await findings.CloseAsync(flood.Id, "No such flood happened for a day.", cancellationToken);
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
                $"A message of queue '{message.WorkQueue}' failed every retry. {then} See the log of that time for the cause.",
                value,
                cancellationToken
            )
                ?? throw new RetryLaterException(
                    $"More than {KeepDeadLetter.MaxLetters} messages an hour failed every retry. The others stay in their queue."
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
                $"A message of the queue '{message.WorkQueue}' failed every retry.",
                $"See the log of that time for the cause. {then} The message is kept as dead letter '{letter}'.",
                new Dictionary<string, string>(StringComparer.Ordinal) { ["queue"] = message.WorkQueue, ["letter"] = letter },
                message.PoisonedAt,
                timeProvider.GetUtcNow()
            )
            {
                // Announced again in each hour with another failure, so that the ledger has the last one.
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
                $"Rekey cannot keep a message that failed every retry as a dead letter ({reason}).",
                $"{why.Message} {(why as CannotContinueException)?.Remedy} Until that is fixed, the message stays in the queue "
                    + $"'{message.PoisonQueue}', "
                    + $"for at most seven days. {then}",
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

    /// <summary>Says what happens to the work of the message, and what to do.</summary>
    private string Then(string queue, JsonElement value) =>
        queue switch
        {
            StorageQueues.Sweeps => $"The next regular sweep covers it. {Again(queue)}",
            UserChangeQueue.Name => "If it was about a departure, Rekey has not noticed that. "
                + userChanges.ReportCommand(GraphEvent.PersonIn(UserChangeMessage.Of(value).Event)),
            _ => $"A timer retries its work. {Again(queue)}",
        };

    private static string Again(string queue) =>
        $"To retry it at once: az storage message put --account-name <state account> --queue-name {queue} "
        + "--content '<its text>' --auth-mode login";
}
