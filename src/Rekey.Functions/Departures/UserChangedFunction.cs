using Rekey.Azure.Storage;
using Rekey.Azure.Storage.Connections;
using Rekey.Core;
using Rekey.Departures;
using Rekey.Departures.Feed;
using Rekey.Functions.Departures.Feed;
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
    HandleUserChange handle,
    RetryUserChange retry,
    KeepDeadLetter letters,
    UserChangeFindings findings,
    RenewSubscription subscription,
    RunLedger runs,
    DepartureOptions options,
    RunTrigger trigger
)
{
    /// <summary>The name of the function.</summary>
    public const string Name = "UserChanged";

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
            await retry.LaterAsync(message, e, cancellationToken);
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
            await handle.RunAsync(change, message, deadline);
            await findings.HandledAsync(Name, deadline);
        }
        catch (BadInputException e)
        {
            await letters.KeepAsync(Name, e.Reason, e.Message, message.Event, deadline);
            await findings.RefusedAsync(e, deadline);
        }
    }
}
