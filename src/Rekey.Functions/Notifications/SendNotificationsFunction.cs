using Rekey.Functions.Wire;
using Rekey.Notifications;

namespace Rekey.Functions.Notifications;

/// <summary>Timer: sends notifications about incidents to the channels of people.</summary>
public sealed class SendNotificationsFunction(SendNotifications send, RunTrigger trigger)
{
    private const string Name = "SendNotifications";

    [Function(Name)]
    public Task RunAsync([TimerTrigger("3-59/10 * * * * *", UseMonitor = false)] string timer, CancellationToken cancellationToken) =>
        trigger.RunAsync(Name, send.RunAsync, cancellationToken);
}
