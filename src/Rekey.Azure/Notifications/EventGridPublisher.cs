using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Identity;
using Azure.Messaging;
using Azure.Messaging.EventGrid;
using Rekey.Azure.Http;
using Rekey.Core;
using Rekey.Messaging;

namespace Rekey.Azure.Notifications;

/// <summary>Sends CloudEvents 1.0 to one custom topic.</summary>
/// <param name="client">Null when no topic is configured.</param>
/// <param name="source">The <c>source</c> of the events.</param>
internal sealed class EventGridPublisher(EventGridPublisherClient? client, string source, TimeProvider timeProvider) : IEventPublisher
{
    // A publish holds 1 MB; an event of Rekey at most about 3 KB ("Event Grid quotas and limits").
    private const int Batch = 100;

    public bool Enabled => client is not null;

    public async Task PublishAsync(IReadOnlyList<OutgoingEvent> events, CancellationToken cancellationToken)
    {
        if (client is null)
        {
            return;
        }

        foreach (var batch in events.Chunk(Batch))
        {
            try
            {
                await client.SendEventsAsync(batch.Select(Wire), cancellationToken);
            }
            catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
            {
                throw Translated(failure);
            }
        }
    }

    private CloudEvent Wire(OutgoingEvent happened) =>
        new(
            source,
            happened.Type,
            BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(happened.Data)),
            "application/json",
            CloudEventDataFormat.Json
        )
        {
            Id = happened.Id,
            Subject = happened.Subject,
            Time = happened.Time,

            // A CloudEvents Integer has 32 bits, so the count is a String.
            ExtensionAttributes =
            {
                ["ledgercount"] = happened.Head.Lines.ToString(CultureInfo.InvariantCulture),
                ["ledgerhash"] = happened.Head.Hash,
            },
        };

    private Exception Translated(Exception failure) =>
        failure switch
        {
            AggregateException { InnerExceptions: [.., var last] } => Translated(last),
            AuthenticationFailedException refused => OutsideFailures.OfCredential(refused, "the Event Grid topic"),
            RequestFailedException { Status: >= 400 and < 500 and not (408 or 429) } refused => new CannotContinueException(
                "event-topic-refused",
                $"The Event Grid topic refuses events ({refused.Status} {refused.ErrorCode}).",
                "Check the topic's address, its schema (CloudEvents 1.0), and that the app's identity is EventGrid Data Sender on it.",
                failure
            ),
            RequestFailedException busy => new RetryLaterException(
                $"The Event Grid topic did not answer ({busy.Status} {busy.ErrorCode}).",
                RetryAfter.Of(busy.GetRawResponse(), timeProvider),
                failure
            ),
            _ => new RetryLaterException($"The Event Grid topic could not be reached: {failure.Message}", delay: null, failure),
        };
}
