using Rekey.Azure.Storage;
using Rekey.Functions.Wire;
using Rekey.Offboarding;

namespace Rekey.Functions.Offboarding;

/// <summary>
/// Queue <c>user-changes</c>, to which Event Grid delivers Graph's events: reads the person back from Graph; one whose account was disabled
/// or deleted has departed. A bad event is a dead letter at once. An event that cannot be handled now is put back with a longer delay, and
/// the call succeeds: it never counts towards the poison queue.
/// </summary>
public sealed class UserChangedFunction(
    NoticeDeparture notice, GraphReads reads, IUserChangeQueue queue, KeepDeadLetter letters, UserChangeFindings findings,
    OffboardingOptions options, RunTrigger trigger,
    TimeProvider clock, ILogger<UserChangedFunction> log)
{
    private const string Name = "UserChanged";

    /// <summary>The longest delay between two attempts: as long as an outage of Graph may delay a departure after its end.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(15);

    [Function(Name)]
    public Task RunAsync(
        [QueueTrigger(UserChangeQueue.Name, Connection = StorageConnection.Evidence)] string message, CancellationToken cancel) =>
        trigger.RunAsync(Name, message, (value, deadline) => HandleAsync(UserChangeMessage.Of(value), deadline, cancel), cancel);

    private async Task HandleAsync(UserChangeMessage message, CancellationToken deadline, CancellationToken cancel)
    {
        try
        {
            await HandleOrKeepAsync(message, deadline);
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            await PutBackAsync(message.Failed(clock.GetUtcNow()), e, cancel);
        }
    }

    private async Task HandleOrKeepAsync(UserChangeMessage message, CancellationToken deadline)
    {
        try
        {
            await HandleAsync(GraphEvent.Read(message.Event, options), message, deadline);
        }
        catch (BadInputException e)
        {
            await letters.KeepAsync(Name, e.Reason, e.Message, message.Event, deadline);
        }
    }

    private async Task HandleAsync(GraphEvent change, UserChangeMessage message, CancellationToken cancel)
    {
        if (change.IsAbout("Microsoft.Graph.SubscriptionReauthorizationRequired"))
        {
            await findings.NeedsReauthorizationAsync(change, cancel);
            return;
        }

        if (!change.IsAbout("Microsoft.Graph.UserUpdated") && !change.IsAbout("Microsoft.Graph.UserDeleted"))
        {
            throw new BadInputException("unknown-event-type", $"Events of type '{change.Type}' are not taken here.");
        }

        // 1. Read this person now?
        var person = change.PersonId ?? throw new BadInputException(
            "no-person", "The event names no person: data.resourceData.id is missing or not a GUID.");
        if (reads.WaitFor(person) is not { } wait)
        {
            log.LogInformation("An event adds nothing to one of the same person that waits. Person: {Person}", person);
            return;
        }

        if (wait > TimeSpan.Zero)
        {
            await queue.PutBackAsync(message.Failed(clock.GetUtcNow()).ToText(), wait, cancel);
            reads.Waits(person, wait);
            log.LogWarning("A person was read from Graph {Most} times within an hour; this event waits {Wait}. Person: {Person}",
                GraphReads.MostAnHour, wait, person);
            return;
        }

        // 2. What does the directory say?
        var source = new DepartureSource(Name, change.Id, change.Time ?? clock.GetUtcNow(), Reporter: null);
        var result = await notice.NoticeAsync(new(options.TenantId, person, source, IsObservation: true, Hostile: false), cancel);
        if (result.Outcome is NoticeOutcome.UnknownPerson)
        {
            throw new BadInputException("unknown-person", $"The directory knows no person {person}, not even among the deleted.");
        }

        if (result.Departure is { } departure)
        {
            log.LogInformation("A departure was noticed. Departure: {Departure}", departure.Id);
        }
    }

    private async Task PutBackAsync(UserChangeMessage message, Exception why, CancellationToken cancel)
    {
        // 1. People hear of it. Where that fails too, the log has it, and the event is put back all the same.
        var now = clock.GetUtcNow();
        var waited = now - message.FirstFailedAt!.Value;
        try
        {
            if (why is CannotContinueException refusal)
            {
                await findings.CannotContinueAsync(Name, refusal, cancel);
            }

            if (waited >= UserChangeFindings.Longest)
            {
                var letter = await letters.KeepAsync(
                    Name, "not-handled", $"The event could not be handled within {UserChangeFindings.Longest.TotalDays} days. {why.Message}", message.Event, cancel);
                await findings.GivenUpAsync(message, letter, why.Message, cancel);
                return;
            }

            if (waited >= UserChangeFindings.Patience)
            {
                await findings.WaitsAsync(message, why.Message, cancel);
            }
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            log.LogError("A finding or dead letter about an event that waits could not be kept: {Message}", e.Message);
        }

        // 2. It comes again, later each time.
        var asked = (why as RetryLaterException)?.Delay ?? TimeSpan.Zero;
        var delay = Backoff.After(message.Attempts, LongestDelay) is var own
            && own > asked ? own : asked < LongestDelay ? asked : LongestDelay;
        await queue.PutBackAsync(message.ToText(), delay, cancel);
        log.LogWarning("{Function} put an event back. Attempts: {Attempts}. First failed: {Since}. Next in: {Delay}. {Message}", Name,
            message.Attempts, message.FirstFailedAt, delay, why.Message);
    }
}
