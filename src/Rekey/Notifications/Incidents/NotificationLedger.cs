using System.Globalization;
using Rekey.Core;
using Rekey.Ledgers;
using Rekey.Notifications.Channels;

namespace Rekey.Notifications.Incidents;

/// <summary>
/// Makes notifications of the ledger, and records in it what was sent. Nobody who writes to tables or queues can hold a notification back
/// (T9).
/// </summary>
public sealed class NotificationLedger(ILedger ledger, LedgerReader reader)
{
    private readonly LedgerFold<NotificationState> _state = new(reader, "notifications", NotificationState.None, IncidentLines.Take);

    /// <summary>Reads the ledger up to now.</summary>
    /// <exception cref="RetryLaterException">The ledger cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The ledger is broken.</exception>
    public Task<NotificationState> ReadAsync(CancellationToken cancellationToken) => _state.ReadAsync(cancellationToken);

    /// <summary>Records that a channel is there. It gets the notifications of later lines.</summary>
    public Task OpenAsync(NotificationChannel channel, CancellationToken cancellationToken) =>
        ledger.AppendAsync(
            new($"{LedgerKinds.NotificationChannelOpened}/{channel.Name}", LedgerKinds.NotificationChannelOpened, channel.Name, Facts.Of()),
            cancellationToken
        );

    /// <summary>Records that the channel took a notification.</summary>
    public Task RecordSentAsync(NotificationChannel channel, Notification notification, CancellationToken cancellationToken) =>
        ledger.AppendAsync(
            new(
                $"{LedgerKinds.NotificationSent}/{notification.DeliveryTo(channel.Name)}",
                LedgerKinds.NotificationSent,
                channel.Name,
                Facts.Of(
                    ("delivery", notification.DeliveryTo(channel.Name)),
                    ("incident", notification.Incident),
                    ("line", Text(notification.Line))
                )
            ),
            cancellationToken
        );

    /// <summary>Records that notifications up to a line will not reach the channel.</summary>
    /// <param name="letter">The id of the dead letter.</param>
    public Task RecordGivenUpAsync(
        NotificationChannel channel,
        long line,
        string reason,
        string letter,
        CancellationToken cancellationToken
    ) =>
        ledger.AppendAsync(
            new(
                $"{LedgerKinds.NotificationGivenUp}/{channel.Name}/{line}",
                LedgerKinds.NotificationGivenUp,
                channel.Name,
                Facts.Of(("line", Text(line)), ("reason", reason), ("letter", letter))
            ),
            cancellationToken
        );

    private static string Text(long line) => line.ToString(CultureInfo.InvariantCulture);
}
