using Rekey.Core;
using Rekey.Departures.Feed;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Departures;

/// <summary>Timer: keeps the Graph subscription to changes of accounts, and renews it every day.</summary>
public sealed class RenewSubscriptionFunction(RenewSubscription subscription, RunTrigger trigger)
{
    private const string Name = "RenewSubscription";

    [Function(Name)]
    public Task RunAsync([TimerTrigger("20 */5 * * * *", UseMonitor = false)] string timer, CancellationToken cancellationToken) =>
        trigger.RunAsync(Name, RenewAsync, cancellationToken);

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            await subscription.RunAsync(cancellationToken);
        }
        catch (CannotContinueException e)
        {
            // The finding has it. It is no dead letter: the next run tries again.
            throw new RetryLaterException($"{e.Message} {e.Remedy}", inner: e);
        }
    }
}
