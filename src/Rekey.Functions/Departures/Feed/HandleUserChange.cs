using Rekey.Core;
using Rekey.Departures;
using Rekey.Departures.Feed;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Departures.Feed;

/// <summary>Does what an event of Graph asks for: reads the person, or authorizes the subscription again.</summary>
public sealed class HandleUserChange(
    RecordDeparture notice,
    GraphReads reads,
    RetryUserChange retry,
    UserChangeFindings findings,
    RenewSubscription subscription,
    DepartureOptions options,
    TimeProvider timeProvider,
    ILogger<HandleUserChange> log
)
{
    /// <exception cref="BadInputException">The event cannot be used.</exception>
    public async Task RunAsync(GraphEvent change, UserChangeMessage message, CancellationToken cancellationToken)
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
            await retry.PutBackAsync(message, wait, cancellationToken);
            reads.Waits(person, wait);
            log.LogWarning("Events about one person are throttled; this one waits {Wait}. Person: {Person}", wait, person);
            return;
        }

        // 2. Read the person from the directory.
        var source = new DepartureSource(UserChangedFunction.Name, change.Id, change.Time ?? timeProvider.GetUtcNow(), Reporter: null);
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
}
