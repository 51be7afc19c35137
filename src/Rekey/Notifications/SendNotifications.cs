using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Core;
using Rekey.Findings;
using Rekey.Messaging;
using Rekey.Notifications.Channels;
using Rekey.Notifications.Incidents;
using Rekey.Notifications.Payloads;

namespace Rekey.Notifications;

/// <summary>
/// Sends notifications to people's channels, each channel for itself and in order. The ledger records what was sent: a process that dies
/// in between sends the last notification again, under the same id.
/// </summary>
/// <param name="environment">The environment, which every notification names.</param>
public sealed class SendNotifications(
    string environment,
    NotificationOptions options,
    NotificationLedger onRecord,
    IWebhooks webhooks,
    IPersonNames names,
    IDeadLetters deadLetters,
    IFindings findings,
    TimeProvider timeProvider
)
{
    /// <summary>How long a channel may fail before it is a finding: most outages end sooner.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    // Lost with the process: it then tries at once.
    private readonly ConcurrentDictionary<string, (int Tries, DateTimeOffset Since, DateTimeOffset Until)> _failing = new(
        StringComparer.Ordinal
    );

    /// <summary>Sends what waits. Returns how many notifications were taken.</summary>
    /// <exception cref="RetryLaterException">The ledger or the storage cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The ledger is broken.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (options.Channels.Count == 0)
        {
            return 0;
        }

        // 1. A channel that is new gets what happens from now on.
        var state = await onRecord.ReadAsync(cancellationToken);
        foreach (var channel in options.Channels.Where(c => !state.IsOpen(c)))
        {
            await onRecord.OpenAsync(channel, cancellationToken);
        }

        // 2. No channel waits for another.
        return (await Task.WhenAll(options.Channels.Select(c => SendAsync(c, cancellationToken)))).Sum();
    }

    private async Task<int> SendAsync(NotificationChannel channel, CancellationToken cancellationToken)
    {
        for (var sent = 0; ; )
        {
            // Read again each time: another process may have sent it.
            var state = await onRecord.ReadAsync(cancellationToken);
            if (state.LostFor(channel) is { } lost)
            {
                await GiveUpAsync(
                    channel,
                    lost,
                    "too-many-waiting",
                    "Too many notifications waited for it.",
                    body: null,
                    cancellationToken
                );
            }
            else if (
                state.NextFor(channel) is not { } next
                || (_failing.TryGetValue(channel.Name, out var failing) && timeProvider.GetUtcNow() < failing.Until)
                || await SendAsync(channel, next, state.IsNew(next, channel), cancellationToken) is not { } isTaken
            )
            {
                return sent;
            }
            else
            {
                sent += isTaken ? 1 : 0;
            }
        }
    }

    /// <returns>Whether it was taken; false when it was given up; null when it is to be tried again.</returns>
    private async Task<bool?> SendAsync(
        NotificationChannel channel,
        Notification notification,
        bool isNew,
        CancellationToken cancellationToken
    )
    {
        // 1. Post it.
        var (answer, delay) = ((WebhookAnswer?)null, (TimeSpan?)null);
        try
        {
            answer = await PostAsync(channel, notification, isNew, cancellationToken);
            delay = answer.RetryAfter;
        }
        catch (RetryLaterException e)
        {
            delay = e.Delay;
        }

        // 2. It was taken: put that on record.
        if (answer is { IsTaken: true })
        {
            await onRecord.RecordSentAsync(channel, notification, cancellationToken);
            _failing.TryRemove(channel.Name, out _);
            await findings.CloseAsync(
                Finding.IdOf(FindingKinds.NotificationNotDelivered, channel.Name),
                "The channel takes notifications again.",
                cancellationToken
            );
            return true;
        }

        // 3. It never will be, or was tried for long enough: keep it as a dead letter, and go on with the next.
        var said = answer is null ? "It did not answer." : $"It answered {answer.Status}.";
        if (answer is { MayBeTakenLater: false } || timeProvider.GetUtcNow() - notification.At >= options.GiveUpAfter)
        {
            await GiveUpAsync(
                channel,
                notification.Line,
                answer is { MayBeTakenLater: false } ? "notification-refused" : "notification-not-taken",
                said,
                Document(notification, isNew, name: null),
                cancellationToken
            );
            return false;
        }

        // 4. Otherwise try again later.
        await PauseAsync(channel, said, delay, cancellationToken);
        return null;
    }

    private async Task<WebhookAnswer> PostAsync(
        NotificationChannel channel,
        Notification notification,
        bool isNew,
        CancellationToken cancellationToken
    )
    {
        var name =
            channel.ShowNames && Guid.TryParse(notification.Person, out var person) ? await NameOfAsync(person, cancellationToken) : null;
        var text = TextOf(notification, isNew, name);
        var json = JsonSerializer.SerializeToUtf8Bytes(
            channel.Kind switch
            {
                ChannelKind.Teams => TeamsPayload.Of(text),
                ChannelKind.Slack => SlackPayload.Of(text),
                _ => Document(notification, isNew, name),
            }
        );
        var headers =
            channel.Kind is ChannelKind.Webhook
                ? WebhookSignature.Headers(notification.DeliveryTo(channel.Name), timeProvider.GetUtcNow(), json, channel.SigningKey())
                : new Dictionary<string, string>(StringComparer.Ordinal);
        return await webhooks.PostAsync(channel.Url!, json, headers, cancellationToken);
    }

    /// <summary>A notification without a name is better than none.</summary>
    private async Task<string?> NameOfAsync(Guid person, CancellationToken cancellationToken)
    {
        try
        {
            return await names.FindAsync(person, cancellationToken);
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            return null;
        }
    }

    private NotificationText TextOf(Notification notification, bool isNew, string? name) =>
        NotificationText.Of(notification, isNew, name, environment, options);

    private JsonObject Document(Notification notification, bool isNew, string? name) =>
        WebhookPayload.Of(notification, isNew, name, environment, TextOf(notification, isNew, name));

    private async Task PauseAsync(NotificationChannel channel, string said, TimeSpan? delay, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var failing = _failing.AddOrUpdate(
            channel.Name,
            _ => (1, now, now + Pause(1, delay)),
            (_, before) => (before.Tries + 1, before.Since, now + Pause(before.Tries + 1, delay))
        );
        if (now - failing.Since >= Patience)
        {
            await findings.RaiseAsync(NotDelivered(channel, said, "Rekey tries again.", letter: "", now), cancellationToken);
        }
    }

    private static TimeSpan Pause(int tries, TimeSpan? asked) =>
        asked is { } wait && wait < LongestPause ? wait : Backoff.After(tries, LongestPause);

    /// <summary>Keeps a dead letter, then records that the notifications up to a line are given up: a process that dies in between repeats
    /// it.</summary>
    private async Task GiveUpAsync(
        NotificationChannel channel,
        long line,
        string reason,
        string said,
        JsonObject? body,
        CancellationToken cancellationToken
    )
    {
        var now = timeProvider.GetUtcNow();
        body ??= new JsonObject { ["line"] = line };
        body["channel"] = channel.Name;
        var text = body.ToJsonString();
        var letter = await deadLetters.KeepAsync(
            new(
                "SendNotifications",
                reason,
                $"The channel '{channel.Name}' did not get a notification. {said}",
                text,
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
                now
            ),
            cancellationToken
        );
        await onRecord.RecordGivenUpAsync(channel, line, reason, letter, cancellationToken);
        await findings.RaiseAsync(
            NotDelivered(channel, said, $"The notification is kept as dead letter '{letter}'.", letter, now),
            cancellationToken
        );
    }

    private static Finding NotDelivered(NotificationChannel channel, string said, string then, string letter, DateTimeOffset now) =>
        new(
            FindingKinds.NotificationNotDelivered,
            channel.Name,
            Severity.High,
            $"The channel '{channel.Name}' does not take notifications. {said}",
            $"Check the address of the channel, and its secret, under Notifications:Channels. {then} `rekey findings list` has what "
                + "happened.",
            Facts.Of(("channel", channel.Name), ("format", channel.Kind.ToString()), ("letter", letter)),
            now,
            now
        );
}
