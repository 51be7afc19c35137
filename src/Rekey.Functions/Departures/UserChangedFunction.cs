using Rekey.Azure.Storage;
using Rekey.Azure.Storage.Connections;
using Rekey.Core;
using Rekey.Departures;
using Rekey.Departures.Directory;
using Rekey.Departures.Feed;
using Rekey.Functions.Wire;
using Rekey.Functions.Wire.DeadLetters;
using Rekey.Ledgers;

namespace Rekey.Functions.Departures;

/// <summary>
/// Queue <c>user-changes</c>: takes Graph's change events from Event Grid and reads the person from Graph. A person whose account was
/// disabled or deleted has departed. A bad event becomes a dead letter at once. An event that fails for now is put back with a longer
/// delay, and the call succeeds, so that it never counts towards the poison queue.
/// </summary>
public sealed class UserChangedFunction(
    RecordDeparture notice,
    GraphReads reads,
    IUserChangeQueue queue,
    KeepDeadLetter letters,
    UserChangeFindings findings,
    RenewSubscription subscription,
    RunLedger runs,
    DepartureOptions options,
    RunTrigger trigger,
    TimeProvider timeProvider,
    ILogger<UserChangedFunction> log
)
{
    private const string Name = "UserChanged";

    [Function(Name)]
    public Task RunAsync(
        [QueueTrigger(UserChangeQueue.Name, Connection = StorageConnection.Evidence)] string message,
        CancellationToken cancellationToken
    ) =>
        trigger.RunAsync(
            Name,
            message,
            (value, deadline) => HandleOrPutBackAsync(UserChangeMessage.Of(value), deadline, cancellationToken),
            cancellationToken
        );

    private async Task HandleOrPutBackAsync(UserChangeMessage message, CancellationToken deadline, CancellationToken cancellationToken)
    {
        try
        {
            await HandleOrKeepAsync(message, deadline);
        }
        catch (Exception e)
            when (e is RetryLaterException or CannotContinueException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            await FailAsync(message.Failed(timeProvider.GetUtcNow()), e, cancellationToken);
        }
    }

    private async Task HandleOrKeepAsync(UserChangeMessage message, CancellationToken deadline)
    {
        try
        {
            var made = options.SubscriptionIds.Count > 0 ? await subscription.FindMadeAsync(deadline) : null;
            var change = GraphEvent.Read(message.Event, options, id => made?.Made(id) is true);

            // An event of ours arrived: the feed delivers, however this event ends.
            await runs.RanAsync(RunLedger.UserChanges, [], deadline);
            await HandleAsync(change, message, deadline);
            await findings.HandledAsync(Name, deadline);
        }
        catch (BadInputException e)
        {
            await letters.KeepAsync(Name, e.Reason, e.Message, message.Event, deadline);
            await findings.RefusedAsync(e, deadline);
        }
    }

    private async Task HandleAsync(GraphEvent change, UserChangeMessage message, CancellationToken cancellationToken)
    {
        if (change.IsAbout("Microsoft.Graph.SubscriptionReauthorizationRequired"))
        {
            await ReauthorizeAsync(change, cancellationToken);
            return;
        }

        if (!change.IsAbout("Microsoft.Graph.UserUpdated") && !change.IsAbout("Microsoft.Graph.UserDeleted"))
        {
            throw new BadInputException("unknown-event-type", "Rekey does not handle events of this type. The dead letter has it.");
        }

        // 1. Decide whether to read this person now.
        var person = change.PersonId
            ?? throw new BadInputException("no-person", "The event names no person: data.resourceData.id is missing or not a GUID.");
        if (reads.WaitFor(person) is not { } wait)
        {
            log.LogInformation("An event was dropped: another event of the same person waits already. Person: {Person}", person);
            return;
        }

        if (wait > TimeSpan.Zero)
        {
            // Nothing has failed: the event goes back unchanged.
            await PutBackAsync(message, wait, cancellationToken);
            reads.Waits(person, wait);
            log.LogWarning("Events about one person are throttled; this one waits {Wait}. Person: {Person}", wait, person);
            return;
        }

        // 2. Read the person from the directory.
        var source = new DepartureSource(Name, change.Id, change.Time ?? timeProvider.GetUtcNow(), Reporter: null);
        var result = await notice.NoticeAsync(
            new(options.TenantId, person, source, IsObservation: true, Hostile: false),
            cancellationToken
        );
        if (result.Outcome is NoticeOutcome.UnknownPerson)
        {
            throw new BadInputException("unknown-person", $"The directory has no person {person}, not even among the deleted ones.");
        }

        if (result.Departure is { } departure)
        {
            log.LogInformation("A departure was noticed. Departure: {Departure}", departure.Id);
        }
    }

    /// <summary>Authorizes the subscription again. Rekey finds by Graph which one that is.</summary>
    private async Task ReauthorizeAsync(GraphEvent change, CancellationToken cancellationToken)
    {
        if (!subscription.IsOn)
        {
            await findings.NeedsReauthorizationAsync(change, why: null, cancellationToken);
            return;
        }

        try
        {
            await subscription.ReauthorizeAsync(change.SubscriptionId, change.Time ?? timeProvider.GetUtcNow(), cancellationToken);
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            await findings.NeedsReauthorizationAsync(change, e, cancellationToken);
            throw;
        }
    }

    private async Task FailAsync(UserChangeMessage message, Exception why, CancellationToken cancellationToken)
    {
        // 1. The event first: it is retried with a longer delay each time, and after a week it becomes a dead letter. If that cannot
        // be kept, it is retried too.
        var (waited, asked) = (
            timeProvider.GetUtcNow() - message.FirstFailedAt!.Value,
            (why as RetryLaterException)?.Delay ?? TimeSpan.Zero
        );
        var letter = waited >= UserChangeFindings.Longest ? await GiveUpAsync(message, why, cancellationToken) : null;
        if (letter is null)
        {
            var delay = Backoff.After(message.Attempts, UserChangeFindings.LongestDelay);
            delay =
                asked > delay
                    ? asked < UserChangeFindings.LongestDelay
                        ? asked
                        : UserChangeFindings.LongestDelay
                    : delay;
            await PutBackAsync(message, delay, cancellationToken);
            log.LogWarning(
                "{Function} put an event back. Attempts: {Attempts}. First failed: {Since}. Next in: {Delay}. {Message}",
                Name,
                message.Attempts,
                message.FirstFailedAt,
                delay,
                why.Message
            );
        }

        // 2. Then the finding. If that fails too, the log has it.
        try
        {
            await (
                letter is not null ? findings.GivenUpAsync(message, letter, why.Message, cancellationToken)
                : why is CannotContinueException refusal ? findings.CannotContinueAsync(Name, refusal, cancellationToken)
                : Task.CompletedTask
            );
            if (letter is null && waited >= UserChangeFindings.Patience)
            {
                await findings.WaitsAsync(message, why.Message, cancellationToken);
            }
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            log.LogError("Rekey could not record a finding about a waiting event: {Message}", e.Message);
        }
    }

    /// <summary>Keeps the dead letter; null when it cannot.</summary>
    private async Task<string?> GiveUpAsync(UserChangeMessage message, Exception why, CancellationToken cancellationToken)
    {
        try
        {
            return await letters.KeepAsync(
                Name,
                "not-handled",
                $"Rekey could not handle the event within {UserChangeFindings.Longest.TotalDays} days. {why.Message}",
                message.Event,
                cancellationToken
            );
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            log.LogError("Rekey cannot keep an event that failed for a week as a dead letter: {Message}", e.Message);
            return null;
        }
    }

    /// <exception cref="RetryLaterException">The event could not be put back. The call must fail, so that the host keeps the
    /// message.</exception>
    private async Task PutBackAsync(UserChangeMessage message, TimeSpan delay, CancellationToken cancellationToken)
    {
        try
        {
            await queue.PutBackAsync(message.ToText(), delay, cancellationToken);
        }
        catch (CannotContinueException refused)
        {
            await findings.CannotContinueAsync(Name, refused, cancellationToken);
            throw new RetryLaterException(refused.Message, inner: refused);
        }
    }
}
