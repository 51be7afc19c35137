using Rekey.Azure.Storage;
using Rekey.Findings;
using Rekey.Functions.Offboarding;
using Rekey.Functions.Wire;
using Rekey.Rotations;

namespace Rekey.Functions.Rotations;

/// <summary>Timer: makes a dead letter and a finding of each message that failed every time. One that cannot be kept stays where it is and
/// is tried at each tick.</summary>
public sealed class KeepPoisonedFunction(
    IPoisonQueues queues, KeepDeadLetter letters, IFindings findings, UserChangeFindings userChanges, IRecords<Finding> standing,
    TimeProvider clock, RunTrigger trigger)
{
    private const string Name = "KeepPoisoned";

    /// <summary>A message of this work queue failed every time.</summary>
    public const string MessageFailed = "message-failed";

    /// <summary>A message that failed every time cannot be kept as a dead letter.</summary>
    public const string MessageNotKept = "message-not-kept";

    private const string About = "poison queues";

    /// <summary>After so long without another one it is over: whoever is on call has seen it.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromDays(1);

    /// <summary>How long storage may be away before it is told: an outage of minutes ends by itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [Function(Name)]
    public Task RunAsync([TimerTrigger("5-59/20 * * * * *", UseMonitor = false)] string timer, CancellationToken cancel) =>
        trigger.RunAsync(Name, KeepAllAsync, cancel);

    private async Task KeepAllAsync(CancellationToken cancel)
    {
        // 1. Kept first, told, and only then removed: whatever dies between does it again.
        await foreach (var message in queues.TakeAsync(cancel))
        {
            await KeepAsync(message, cancel);
            await queues.RemoveAsync(message, cancel);
        }

        // 2. Nothing lies there any more.
        await findings.CloseAsync(Finding.IdOf(MessageNotKept, About), "Everything that lay there is kept.", cancel);
        foreach (var queue in queues.WorkQueues)
        {
            var id = Finding.IdOf(MessageFailed, queue);
            if (await standing.FindAsync("finding", id, cancel) is { Value: { ClosedAt: null } open }
                && clock.GetUtcNow() - open.LastSeen >= Quiet)
            {
                await findings.CloseAsync(id, "No other message of this queue has failed for a day.", cancel);
            }
        }

        await userChanges.SettleAsync(cancel);
    }

    private async Task KeepAsync(PoisonedMessage message, CancellationToken cancel)
    {
        string letter;
        try
        {
            letter = await letters.KeepAsync(Name, "poisoned-message",
                $"A message of queue '{message.WorkQueue}' failed each time it was tried. {Taken(message.WorkQueue)} The log of that time says why it failed.", MessageText.Parse(message.Text), cancel);
        }
        catch (Exception e) when (e is CannotContinueException
            || (e is RetryLaterException && clock.GetUtcNow() - message.PoisonedAt >= Patience))
        {
            var reason = e is CannotContinueException refused ? refused.Reason : "storage-away";
            await findings.RaiseAsync(new(MessageNotKept, About, Severity.High,
                $"A message that failed each time it was tried cannot be kept as a dead letter ({reason}).",
                $"{e.Message} {(e as CannotContinueException)?.Remedy} Until that is mended it lies in the queue '{message.PoisonQueue}', for seven days from when it came there. {Taken(message.WorkQueue)} {Replay(message)}",
                new Dictionary<string, string>(
                    StringComparer.Ordinal) { ["queue"] = message.PoisonQueue, ["reason"] = reason,
                    ["oldest"] = message.PoisonedAt.ToString("O") },
                message.PoisonedAt, clock.GetUtcNow()) { Milestone = reason }, cancel);
            throw e is RetryLaterException ? e : new RetryLaterException(e.Message, inner: e);
        }

        await findings.RaiseAsync(new(MessageFailed, message.WorkQueue, Severity.High,
            $"A message of the queue '{message.WorkQueue}' failed each time it was tried.",
            $"Look in the log of that time for why. {Taken(message.WorkQueue)} {Replay(message)} The message is the dead letter '{letter}'.",
            new Dictionary<string, string>(StringComparer.Ordinal) { ["queue"] = message.WorkQueue, ["letter"] = letter },
                message.PoisonedAt, clock.GetUtcNow()), cancel);
    }

    private static string Taken(string queue) => queue switch
    {
        StorageQueues.Sweeps => "The next sweep does what it asked for.",
        UserChangeQueue.Name => "If the event was about a departure, that departure has not been noticed: report it with POST /departures, or try the message again.",
        _ => "A timer takes up what it stood for by itself.",
    };

    private static string Replay(PoisonedMessage message) =>
        $"To try it at once: az storage message put --queue-name {message.WorkQueue} --content '<its text>' --auth-mode login, in the account of {(message.WorkQueue == UserChangeQueue.Name ? StorageConnection.Evidence : StorageConnection.State)}.";
}
